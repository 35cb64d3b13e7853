/** Rows of the table in `errors.ts`: questions of assistants, and the server that takes them. */
export const QUERY_ERRORS = {
  QUERY_CONFIG: {
    http: 500,
    exit: 2,
    message: 'The query server cannot be set up as it says',
    hint: 'See `spoor mcp --help`',
  },
  QUERY_NO_BACKEND: {
    http: 500,
    exit: 2,
    message: 'There is nothing to ask',
    hint: 'Start a hub, set VT_INSTANCE_ENTRYPOINT, or name deployments in a file (--file)',
  },
  QUERY_DEPLOYMENT: {
    http: 404,
    exit: 2,
    message: 'There is no such deployment',
    hint: 'Leave `deployment` out, or use one of the names in the description of the tool',
  },
  QUERY_TENANT: {
    http: 403,
    exit: 77,
    message: 'This tenant is not yours to ask for',
    hint: 'Leave `tenant` out, or use one that the owner has given to you',
  },
  QUERY_FORBIDDEN: {
    http: 403,
    exit: 77,
    message: 'This caller may not ask that',
    hint: 'The owner gives permissions by `allow` of the configuration, or by scopes of the token',
  },
  QUERY_BUSY: {
    http: 429,
    exit: 75,
    message: 'Too many questions at once',
    hint: 'Ask again in a moment',
  },
  QUERY_TIMEOUT: {
    http: 504,
    exit: 69,
    message: 'The answer took too long',
    hint: 'Ask for less: a shorter time, one service, a lower limit',
  },
} as const;

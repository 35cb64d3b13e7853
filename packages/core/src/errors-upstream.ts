/** Rows of the table in `errors.ts`: connections outward, and what servers elsewhere do wrong. */
export const UPSTREAM_ERRORS = {
  UPSTREAM_UNREACHABLE: {
    http: 502,
    exit: 69,
    message: 'The upstream cannot be reached',
    hint: 'Check the URL, and that the server runs',
  },
  UPSTREAM_TIMEOUT: {
    http: 504,
    exit: 69,
    message: 'The upstream did not answer in time',
    hint: 'Check the server',
  },
  UPSTREAM_BROKEN: {
    http: 502,
    exit: 69,
    message: 'The upstream broke off its answer',
    hint: 'Check the server',
  },
  UPSTREAM_ENCODING: {
    http: 502,
    exit: 69,
    message: 'The upstream encoded an answer that had to be read',
    hint: 'Let the server answer without Content-Encoding',
  },
  UPSTREAM_TOO_LARGE: {
    http: 502,
    exit: 69,
    message: 'The answer of the upstream is too large',
    hint: 'Ask for less at once',
  },
  UPSTREAM_STATUS: {
    http: 502,
    exit: 69,
    message: 'The upstream answered with an HTTP error and no message',
    hint: 'Check the URL; the error names the status',
  },
  UPSTREAM_REDIRECT: {
    http: 502,
    exit: 69,
    message: 'The upstream points to another place',
    hint: 'Give the URL that it points to, if you trust it',
  },
  UPSTREAM_UNAUTHORIZED: {
    http: 401,
    exit: 77,
    message: 'The upstream asks for a sign-in, and a wrapper on stdio can do none',
    hint: 'Give a header that it takes (--header-env), or let the client connect by itself',
  },
  UPSTREAM_FORBIDDEN: {
    http: 403,
    exit: 77,
    message: 'The upstream does not allow this',
    hint: 'Check what the credentials in its header may do',
  },
  UPSTREAM_SESSION_ENDED: {
    http: 404,
    exit: 69,
    message: 'The upstream has ended the session',
    hint: 'Let the client start it anew',
  },
  UPSTREAM_TOOL_HEADERS: {
    http: 400,
    exit: 1,
    message: 'The definition of the tool asks for headers that cannot be sent',
    hint: 'Tell the author of the server: x-mcp-header is wrong there',
  },
  UPSTREAM_BUSY: {
    http: 503,
    exit: 75,
    message: 'Too many requests are open at the upstream',
    hint: 'Try again later',
  },
  HEADER_VALUE: {
    http: 400,
    exit: 2,
    message: 'A header for the upstream cannot be had from the environment',
    hint: 'Give --header-env NAME=VARIABLE, and set the variable',
  },
  OUTBOUND_REFUSED: {
    http: 403,
    exit: 77,
    message: 'The address is not allowed',
    hint: 'Only configured addresses are reached',
  },
  OUTBOUND_FAILED: {
    http: 502,
    exit: 69,
    message: 'The address did not answer',
    hint: 'Check the endpoint',
  },
} as const;

/** Rows of the table in `errors.ts`: what a gateway answers in its own name. */
export const GATEWAY_ERRORS = {
  GATEWAY_CONFIG: {
    http: 500,
    exit: 2,
    message: 'The gateway cannot be set up as it says',
    hint: 'See `spoor gateway --help`',
  },
  GATEWAY_REQUEST: {
    http: 400,
    exit: 1,
    message: 'The HTTP request is malformed or can be read in two ways',
    hint: 'Send each header once, and one framing of the body',
  },
  GATEWAY_HEADERS_TOO_LARGE: {
    http: 431,
    exit: 1,
    message: 'The headers are too large',
    hint: 'Send fewer or shorter headers',
  },
  GATEWAY_SLOW: {
    http: 408,
    exit: 1,
    message: 'The request came too slowly',
    hint: 'Send it faster',
  },
  GATEWAY_HOST: {
    http: 403,
    exit: 77,
    message: 'The gateway is not known by this host name',
    hint: 'Add the name to `hosts` of the gateway',
  },
  GATEWAY_ORIGIN: {
    http: 403,
    exit: 77,
    message: 'Pages of this origin may not use the gateway',
    hint: 'Add the origin to `origins` of the gateway',
  },
  GATEWAY_ROUTE: {
    http: 404,
    exit: 1,
    message: 'No upstream has this path',
    hint: "Use a path of the gateway's configuration",
  },
  GATEWAY_BODY_TOO_LARGE: {
    http: 413,
    exit: 1,
    message: 'The body is too large',
    hint: 'Send a smaller message',
  },
  GATEWAY_ENCODING: {
    http: 415,
    exit: 1,
    message: 'The body is encoded in a way that the gateway does not read',
    hint: 'Send it without Content-Encoding',
  },
  GATEWAY_BUSY: {
    http: 503,
    exit: 75,
    message: 'The gateway has too much under way',
    hint: 'Try again later',
  },
  GATEWAY_UNAUTHORIZED: {
    http: 401,
    exit: 77,
    message: 'The gateway needs a token that is meant for it',
    hint: 'Get one from the authorization server that its metadata name',
  },
  GATEWAY_SCOPE: {
    http: 403,
    exit: 77,
    message: 'The token does not allow this',
    hint: 'Get one with the scopes that are named',
  },
  TOKEN_KEYS_UNAVAILABLE: {
    http: 503,
    exit: 69,
    message: 'The keys of the token issuer cannot be had',
    hint: 'Check the address of its keys',
  },
  TOKEN_EXCHANGE_FAILED: {
    http: 502,
    exit: 69,
    message: 'No token for the upstream could be had',
    hint: 'Check the credentials and the token endpoint',
  },
  HEADER_MISMATCH: {
    http: 400,
    exit: 1,
    message: 'Headers and body do not say the same',
    hint: 'Let Mcp-Method, Mcp-Name and MCP-Protocol-Version mirror the body',
  },
} as const;

/** Rows of the table in `errors.ts`: what keeps a scan from looking at all. */
export const SCAN_ERRORS = {
  SCAN_NO_ANSWER: {
    http: 502,
    exit: 69,
    message: 'The server does not answer as an MCP server',
    hint: 'Start it by hand with the same command; if it needs the network or variables, allow them with --network and --env',
  },
  SCAN_TARGET: {
    http: 400,
    exit: 2,
    message: 'There is nothing of this name to scan',
    hint: 'Give a command after --, an http(s) URL, or a folder of source',
  },
  SCAN_LOCK: {
    http: 500,
    exit: 2,
    message: 'The lock file cannot be read',
    hint: 'Write it anew with --write-lock',
  },
} as const;

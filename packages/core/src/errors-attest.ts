/** Rows of the table in `errors.ts`: of whoever makes evidence of who calls. */
export const ATTEST_ERRORS = {
  ATTEST_KEY_INVALID: {
    http: 500,
    exit: 66,
    message: 'There is no private key that can sign proofs',
    hint: 'Ed25519 or P-256, as PEM (PKCS #8) or JWK: `spoor attest keygen` makes one',
  },
  ATTEST_KEY_OPEN: {
    http: 500,
    exit: 77,
    message: 'Others can read the file of the private key',
    hint: 'Make it readable for its owner alone (chmod 600), and think of a new key',
  },
  ATTEST_KEY_EXISTS: {
    http: 409,
    exit: 73,
    message: 'There is a file already where the private key would go',
    hint: 'Name another file; none is written over',
  },
  ATTEST_SESSION: {
    http: 400,
    exit: 64,
    message: 'What the opening of the session is to say is out of form',
    hint: 'See docs/attest.md',
  },
  ATTEST_TOKEN: {
    http: 400,
    exit: 65,
    message: 'This is no token that calls can be proved with',
    hint: 'A Transaction Token or an opened session whose `cnf` names the key',
  },
  ATTEST_REQUEST: {
    http: 400,
    exit: 65,
    message: 'This is no JSON-RPC request that a proof could speak of',
    hint: 'One request on each line, as it is to be sent',
  },
  ATTEST_TARGET: {
    http: 500,
    exit: 70,
    message: 'This is neither a client nor a transport',
    hint: 'Pass the client of an MCP SDK, or its transport',
  },
} as const;

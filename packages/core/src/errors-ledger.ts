/** Rows of the table in `errors.ts`: of the ledger's keys, witnesses and vault. */
export const LEDGER_ERRORS = {
  WITNESS_STATE: {
    http: 500,
    exit: 66,
    message: 'The state of the witness is lost or was changed',
    hint: 'Retire this witness and begin another with a new key: it cannot know what it has signed',
  },
  WITNESS_RUNNING: {
    http: 409,
    exit: 75,
    message: 'This witness runs already',
    hint: 'Stop the other process first',
  },
  WITNESS_CONFIG: {
    http: 500,
    exit: 2,
    message: 'The witness cannot be set up as it says',
    hint: 'See `spoor witness --help`',
  },
  WITNESS_POLICY: {
    http: 500,
    exit: 2,
    message: 'The policy of witnesses cannot be used',
    hint: 'See docs/witness.md for its form',
  },
  WITNESS_REFUSED: {
    http: 500,
    exit: 5,
    message: 'A witness knows another history of this ledger',
    hint: 'Keep the files, and compare them with the newest copy',
  },
} as const;

/** Rows of the table in `errors.ts`: of the ledger's keys, witnesses and vault. */
export const LEDGER_ERRORS = {
  ROOT_KEY_UNREADABLE: {
    http: 500,
    exit: 77,
    message: 'The root key cannot be opened',
    hint: 'Give the file that `spoor keys root` made, and its passphrase',
  },
  LOG_KEY_PRESENT: {
    http: 409,
    exit: 73,
    message: "The log's key is not lost",
    hint: 'Give --stolen where it must not be used any more',
  },
  MANIFEST_INVALID: {
    http: 500,
    exit: 3,
    message: 'The key manifest is not one that the root key vouches for',
    hint: 'Compare it with the copy that was kept with the root key',
  },
  MANIFEST_EXPIRED: {
    http: 500,
    exit: 6,
    message: 'The key manifest does not hold at this time',
    hint: 'Sign a new one with the root key: `spoor keys manifest sign`',
  },
  MANIFEST_OLDER: {
    http: 409,
    exit: 73,
    message: 'A newer key manifest is there already',
    hint: 'Make a new one from what is there, with `spoor keys manifest draft`',
  VAULT_REASON: {
    http: 400,
    exit: 2,
    message: 'A reason is needed, in words that an entry can hold',
    hint: 'Use letters, digits, single spaces and . : / @ - only, at most 120 characters',
  },
  VAULT_TARGET: {
    http: 400,
    exit: 2,
    message: 'It is not clear what this is about',
    hint: 'Name one of --call, --session, --person, --before or --period',
  },
  VAULT_PERSON_UNKNOWN: {
    http: 404,
    exit: 1,
    message: 'No caller of this name or pseudonym stands in the ledger',
    hint: 'Take the pseudonym from an entry or from the UI, or give the name of the system account',
  },
  VAULT_HELD: {
    http: 409,
    exit: 75,
    message: 'All of it is held',
    hint: 'See `spoor vault hold list`; who may lifts the hold first',
  },
  VAULT_HOLD_UNKNOWN: {
    http: 404,
    exit: 1,
    message: 'There is no such hold',
    hint: 'See `spoor vault hold list`',
  },
  VAULT_TOO_MUCH: {
    http: 413,
    exit: 1,
    message: 'That is more than is shredded or held at once',
    hint: 'Shred a shorter period first, or lift holds that are over',
  },
  VAULT_BUSY: {
    http: 409,
    exit: 75,
    message: 'Something is being shredded already',
    hint: 'Try again when that has ended',
  },
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

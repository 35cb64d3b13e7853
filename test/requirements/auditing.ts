/** Promises about the ledger: what it keeps, who may vouch for it, and what its checks say. */
export const AUDITING = {
  'ledger:format': {
    behavior: 'The log is laid out in tiles that other programs can read.',
    source: 'https://c2sp.org/tlog-tiles',
  },
  'ledger:verify-codes': {
    behavior: 'Verifying tells ok, tampered, unwitnessed and rolled back apart by exit code.',
    source: 'docs/errors.md',
  },
  'ledger:tamper': {
    behavior: 'No changed byte of a published log goes unnoticed.',
    source: 'SECURITY.md',
  },
  'ledger:epochs': {
    behavior: 'Today’s keys cannot rewrite what a key before them has closed, and old logs go on.',
    source: 'docs/adr/0014-epoch-keys.md',
  },
  'ledger:prune': {
    behavior: 'Old entries go and hashes stay: proofs hold, and the whole log still verifies.',
    source: 'docs/ledger.md',
  },
  'ledger:prove': {
    behavior: 'An entry is proved to somebody who has the verifier key and nothing else.',
    source: 'https://c2sp.org/tlog-proof',
  },
  'ledger:durable-first': {
    behavior: 'A call with a sensitive label goes on only after its entry is on disk.',
    source: 'ARCHITECTURE.md',
  },
  'ledger:disk-full': {
    behavior:
      'On a full disk, calls that need durability are denied with a code; others pass, counted.',
    source: 'SECURITY.md',
  },
  'ledger:crash': {
    behavior: 'Whatever moment the writer stops at, acknowledged entries are there afterwards.',
    source: 'SECURITY.md',
  },
  'ledger:reconcile': {
    behavior: 'What is missing in the ledger or in the store is found by comparing them.',
    source: 'docs/ledger.md',
  },
  'ledger:payloads': {
    behavior: 'Sealed content that is gone is told apart: missing without a word, or shredded.',
    source: 'docs/ledger.md',
  },
  'ledger:fsck': {
    behavior:
      'Every damaged file of a log is found where it lies, and strays are told from damage.',
    source: 'docs/ledger.md',
  },
  'ledger:root': {
    behavior:
      'A root key that is kept offline vouches for the log’s keys, and a lost or stolen one is closed.',
    source: 'docs/ledger.md',
  },
} as const;

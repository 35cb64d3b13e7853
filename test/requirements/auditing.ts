/** Promises about who may vouch for the ledger, and what its checks say. */
export const AUDITING = {
  'ledger:root': {
    behavior:
      'A root key that is kept offline vouches for the log’s keys, and a lost or stolen one is closed.',
    source: 'docs/ledger.md',
  },
} as const;

/** Promises about who calls, and how far that is proved. */
export const IDENTITY = {
  'identity:forgery': {
    behavior: 'No forged, replayed, stale or pasted evidence reaches `verified` or `attested`.',
    source: 'docs/identity.md',
  },
  'identity:one-byte': {
    behavior: 'A token or proof of which one byte was changed proves nothing.',
    source: 'docs/identity.md',
  },
  'identity:vectors': {
    behavior: 'Signatures that Wycheproof calls invalid are refused, all of them.',
    source: 'docs/identity.md',
  },
} as const;

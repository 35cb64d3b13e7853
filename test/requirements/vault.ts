/** Promises about sealed content: what is sealed, who opens it, and how it goes. */
export const VAULT = {
  'vault:coverage': {
    behavior:
      'Every kind of exchange, by every sensor, has its entries, and its content is sealed.',
    source: 'docs/vault.md',
  },
  'vault:hold': {
    behavior: 'What is held is neither shredded nor goes by its age, until the hold is lifted.',
    source: 'docs/vault.md',
  },
  'vault:opened': {
    behavior: 'An opening while a hub runs has an entry with who and why, before anything is read.',
    source: 'docs/vault.md',
  },
  'vault:ui': {
    behavior: 'The UI says which content was shredded or is missing, and never that nothing was.',
    source: 'docs/vault.md',
  },
  'vault:retention': {
    behavior: 'Sealed content goes when it has outlived its setting, and an entry says so.',
    source: 'docs/vault.md',
  },
  'vault:age': {
    behavior: 'The age program of others opens what wraps the keys, and we open what it wraps.',
    source: 'docs/vault.md',
  },
  'vault:shred': {
    behavior: 'What was shredded opens no more and lies nowhere, while every proof stays valid.',
    source: 'docs/vault.md',
  },
} as const;

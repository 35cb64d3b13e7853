/** Promises about sealed content: what is sealed, who opens it, and how it goes. */
export const VAULT = {
  'vault:coverage': {
    behavior:
      'Every kind of exchange, by every sensor, has its entries, and its content is sealed.',
    source: 'docs/vault.md',
  },
  'vault:shred': {
    behavior: 'What was shredded opens no more and lies nowhere, while every proof stays valid.',
    source: 'docs/vault.md',
  },
} as const;

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
  'identity:levels': {
    behavior: 'The hub works out the level of each call itself, from evidence that it checks.',
    source: 'docs/identity.md',
  },
  'identity:binding': {
    behavior:
      'A token that held is written down once, sealed, with the key that it was checked with.',
    source: 'docs/identity.md',
  },
  'identity:replayed': {
    behavior: 'A proof that comes again is denied in `enforce`, and raises an alert.',
    source: 'docs/identity.md',
  },
  'identity:required': {
    behavior: 'A call below the level that its owner requires for a label is denied in `enforce`.',
    source: 'docs/identity.md',
  },
  'identity:forgotten': {
    behavior: 'Deleting the key of a subject leaves a pseudonym that leads to nobody.',
    source: 'docs/identity.md',
  },
  'identity:sources': {
    behavior: 'Each source of evidence is worth the level that the table of levels gives it.',
    source: 'docs/identity.md',
  },
  'identity:conflict': {
    behavior: 'Sources that name two users, or one that fails beside a good one, are a conflict.',
    source: 'docs/identity.md',
  },
  'identity:keys': {
    behavior: 'Keys come from issuers that the owner named, and are believed for an hour at most.',
    source: 'docs/identity.md',
  },
  'identity:end-to-end': {
    behavior: 'Evidence that real clients bring through gateway and wrapper becomes their level.',
    source: 'docs/identity.md',
  },
  'identity:hostile': {
    behavior: 'Evidence of any shape is refused with a code, and never ends the verifier.',
    source: 'docs/identity.md',
  },
} as const;

/** Promises about evidence of who calls: how it is made, carried and shown. */
export const ATTEST = {
  'identity:shown': {
    behavior: 'Beside every name stands how far it is proved, as a shape and as a word.',
    source: 'docs/attest.md',
  },
  'identity:ordered': {
    behavior: 'Sessions and alerts can be narrowed to a level and ordered by it, over all pages.',
    source: 'docs/attest.md',
  },
  'identity:kept-back': {
    behavior:
      'A proof of who calls stays behind at the sensor, unless its owner says otherwise; every other byte goes on.',
    source: 'docs/attest.md',
  },
  'identity:handed-over': {
    behavior:
      'The hub gets what a client brings of who asks, unread, and of no server; nothing of it is spooled.',
    source: 'docs/attest.md',
  },
  'attest:proofs': {
    behavior:
      'With a workload key, a client of either SDK proves each of its requests as it stands on the wire.',
    source: 'docs/attest.md',
  },
  'attest:renewed': {
    behavior:
      'A session goes on under its name while its tokens, of five minutes at most, are renewed.',
    source: 'docs/attest.md',
  },
  'attest:retries': {
    behavior:
      'Further tries and legs of one call are proved as that, and never taken for a replay.',
    source: 'docs/attest.md',
  },
  'attest:harmless': {
    behavior:
      'Where no proof can be made the request goes out as it was, in its place, and is counted.',
    source: 'docs/attest.md',
  },
  'attest:command': {
    behavior:
      'Orchestrators in any language sign sessions and calls with `spoor attest`, by files and pipes.',
    source: 'docs/attest.md',
  },
  'attest:key-safe': {
    behavior:
      'A private key is written for its owner alone, over no other file, and shown nowhere.',
    source: 'docs/attest.md',
  },
  'attest:wrapper': {
    behavior: 'With a key, a wrapper attests by facts of the system who has started its server.',
    source: 'docs/attest.md',
  },
  'identity:whole-way': {
    behavior:
      'What a client proves, or fails to, is the level of its calls and session, behind a wrapper and a gateway alike.',
    source: 'docs/attest.md',
  },
} as const;

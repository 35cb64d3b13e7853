/** Promises about questions to backends of traces, and about what is sent outward for them. */
export const READERS = {
  'backends:refused': {
    behavior:
      'No name, id, tag or tenant of a question leaves its place in the request to a backend.',
    source: 'docs/backends.md',
  },
  'backends:hub': {
    behavior:
      'What the hub recorded can be read as traces, sessions, alerts, chains and proved entries.',
    source: 'docs/backends.md',
  },
} as const;

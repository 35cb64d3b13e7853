/** What witnesses and their checkpoints promise. */
export const WITNESS = {
  'witness:protocol': {
    behavior: 'A witness answers as C2SP tlog-witness says, with each of its status codes.',
    source: 'docs/witness.md',
  },
  'witness:never-two': {
    behavior:
      'Whatever it is asked and however it stops, a witness cosigns no two roots for a size, and no growth that is none.',
    source: 'docs/witness.md',
  },
  'witness:silence': {
    behavior: 'A log that has stopped growing is reported by its witness.',
    source: 'docs/witness.md',
  },
  'witness:kill': {
    behavior: 'A witness that is killed has lost nothing that it said it had signed.',
    source: 'docs/witness.md',
  },
} as const;

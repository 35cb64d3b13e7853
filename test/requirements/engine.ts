/** What the engine remembers, how long, and through what. */
export const ENGINE = {
  'state:killed': {
    behavior: 'A chain whose hub is killed between its steps is still denied at its last step.',
    source: 'ARCHITECTURE.md',
  },
  'state:duplicates': {
    behavior: 'What is told of a call again changes nothing, and is counted.',
    source: 'ARCHITECTURE.md',
  },
  'state:late': {
    behavior: 'What is told after it happened may raise an alert, and never is a denial.',
    source: 'ARCHITECTURE.md',
  },
  'state:clocks': {
    behavior: 'A clock that jumps neither keeps a chain alive nor hides one that begins later.',
    source: 'ARCHITECTURE.md',
  },
  'state:bounded': {
    behavior: 'Millions of keys and sessions that never end keep to their limits, counted.',
    source: 'docs/limits.md',
  },
  'state:interleaved': {
    behavior: 'However sessions are interleaved, each has the same detections.',
    source: 'ARCHITECTURE.md',
  },
  'rules:regex': {
    behavior: 'No regular expression of a rule takes more than time in proportion to the text.',
    source: 'docs/sigma.md',
  },
  'state:lost': {
    behavior: 'Where a limit takes away what rules remember, an alert says so.',
    source: 'docs/rules.md',
  },
  'state:snapshot': {
    behavior: 'A detector that restores a snapshot goes on as the original, at any point.',
    source: 'ARCHITECTURE.md',
  },
  'replay:live': {
    behavior: 'Rules find in what was recorded what they find live.',
    source: 'docs/replay.md',
  },
  'replay:funnel': {
    behavior: 'Of each chain a replay says how many sessions came as far as each step.',
    source: 'docs/replay.md',
  },
  'replay:coverage': {
    behavior: 'What a history cannot answer is said, and never shown as nothing found.',
    source: 'docs/replay.md',
  },
  'replay:difference': {
    behavior: 'Of two versions of a rule a replay says what one finds and the other does not.',
    source: 'docs/replay.md',
  },
  'replay:records': {
    behavior: 'Records of the MCP log schema replay like the observations that they were made of.',
    source: 'docs/replay.md',
  },
  'replay:history': {
    behavior:
      'The history of a hub is replayed beside it or by it, bounded, and can be broken off.',
    source: 'docs/replay.md',
  },
} as const;

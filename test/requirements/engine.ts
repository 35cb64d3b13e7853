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
  'state:lost': {
    behavior: 'Where a limit takes away what rules remember, an alert says so.',
    source: 'docs/rules.md',
  },
  'state:snapshot': {
    behavior: 'A detector that restores a snapshot goes on as the original, at any point.',
    source: 'ARCHITECTURE.md',
  },
} as const;

/** Promises about what is usual for a tool, and about what may be spent. */
export const BASELINE = {
  'baseline:deviations': {
    behavior: 'A call with an argument, type, size or destination that its tool never had says so.',
    source: 'docs/baselines.md',
  },
  'baseline:unexpected': {
    behavior:
      'An argument that a tool never had or does not declare alerts in words, and asks in enforce.',
    source: 'docs/baselines.md',
  },
  'baseline:destination': {
    behavior:
      'A destination that a tool never had alerts, across sessions, and is kept as a fingerprint.',
    source: 'docs/baselines.md',
  },
  'baseline:locks-itself': {
    behavior: 'A baseline locks by itself after the calls and the time that its owner has set.',
    source: 'docs/baselines.md',
  },
  'baseline:poison': {
    behavior: 'What came late while a baseline learned is shown, and suspect calls teach nothing.',
    source: 'docs/baselines.md',
  },
  'baseline:bounded': {
    behavior: 'A million distinct argument names take no more room than the limits say, counted.',
    source: 'docs/limits.md',
  },
  'baseline:replay': {
    behavior:
      'Recorded calls keep what was unusual about them: rules say of them what they said live.',
    source: 'docs/baselines.md',
  },
  'baseline:order': {
    behavior: 'What is learned of a tool does not depend on the order of its calls.',
    source: 'docs/baselines.md',
  },
  'baseline:restart': {
    behavior: 'A baseline that is stored and restored, also between calls, goes on as if never.',
    source: 'docs/baselines.md',
  },
  'budget:enforced': {
    behavior: 'A call that would pass a budget is denied, asked about or told, with the figures.',
    source: 'docs/budgets.md',
  },
  'budget:usage': {
    behavior: 'What a result says was used is charged too, and never gives anything back.',
    source: 'docs/budgets.md',
  },
  'budget:exact': {
    behavior: 'Sums of budgets are exact, also where the hub was killed before it wrote them.',
    source: 'docs/budgets.md',
  },
} as const;

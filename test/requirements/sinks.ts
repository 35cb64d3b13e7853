/** Who is told of alerts. */
export const SINKS = {
  'sinks:formats': {
    behavior: 'An alert goes to every kind of sink in its own format, without what fields held.',
    source: 'docs/sinks.md',
  },
  'sinks:flaky': {
    behavior: 'A sink that fails, refuses, or is away for long loses no alert.',
    source: 'docs/sinks.md',
  },
  'sinks:told': {
    behavior: 'Whom the owner names hears of an alert that a real session raises.',
    source: 'docs/sinks.md',
  },
} as const;

/** Promises about what leaves: destinations, sampling, metrics, rules for other backends. */
export const TELEMETRY = {
  'sampling:security': {
    behavior: 'Whatever the rate, spans of denials, detections, errors and the like are kept.',
    source: 'docs/telemetry.md',
  },
  'sampling:session': {
    behavior: 'A session is kept from its first detection on, and before it as far as it is held.',
    source: 'docs/telemetry.md',
  },
  'sampling:noise': {
    behavior: 'The noise of other sessions does not push out the past of a quieter one.',
    source: 'docs/telemetry.md',
  },
  'sampling:hub': {
    behavior:
      'At a rate of 1 %, all security events of 10,000 calls arrive at a backend, and with a detection its whole session; each leaf says what was left out.',
    source: 'docs/telemetry.md',
  },
  'metrics:conventions': {
    behavior: 'Durations of operations have the names, units and buckets of the MCP conventions.',
    source: 'docs/telemetry.md',
  },
  'metrics:bounded': {
    behavior: 'However many names come from outside, a metric keeps its number of series.',
    source: 'docs/limits.md',
  },
  'metrics:served': {
    behavior: 'Metrics of a running hub are served to Prometheus and sent over OTLP.',
    source: 'docs/telemetry.md',
  },
  'export:lint': {
    behavior:
      'Every exported span has the names, kind and required attributes of the MCP conventions, but for the declared exceptions.',
    source: 'docs/telemetry.md',
  },
  'export:backend': {
    behavior: 'A real Jaeger takes the spans and gives them back with their ids and attributes.',
    source: 'docs/telemetry.md',
  },
  'export:destinations': {
    behavior: 'Each destination gets what its own attribute policy allows, also in span names.',
    source: 'docs/telemetry.md',
  },
  'export:spool': {
    behavior:
      'Spans that a backend does not take wait on disk, also across a restart of the hub; what is over the limit is counted.',
    source: 'docs/telemetry.md',
  },
  'export:credentials': {
    behavior: 'Tokens and TLS keys are read anew from their files, without a restart.',
    source: 'docs/telemetry.md',
  },
  'export:health': {
    behavior: 'How each destination fares, partial refusals included, is shown by API and command.',
    source: 'docs/telemetry.md',
  },
  'rules:export': {
    behavior:
      'Rules are written for Tempo, Honeycomb and Sigma as far as spans say what they ask; what they cannot say is named.',
    source: 'docs/detectors.md',
  },
  'rules:export-equal': {
    behavior:
      'What is written of a condition matches the spans of what the rule matches, no other.',
    source: 'docs/detectors.md',
  },
  'rules:export-sigma': {
    behavior: 'The Sigma output is valid by the schema, and by pySigma where that is installed.',
    source: 'docs/detectors.md',
  },
} as const;

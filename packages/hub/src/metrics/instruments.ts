/**
 * Every metric of the hub. Names and units of `mcp.*`: OpenTelemetry's conventions for MCP; the
 * others are ours, by the same naming rules.
 */
export interface Instrument {
  readonly name: string;
  readonly kind: 'histogram' | 'counter' | 'gauge';
  /** UCUM; what stands in braces is a word for people. */
  readonly unit: string;
  readonly about: string;
}

const row = (name: string, kind: Instrument['kind'], unit: string, about: string): Instrument => ({
  name,
  kind,
  unit,
  about,
});

type Name =
  | 'clientOperation'
  | 'serverOperation'
  | 'clientSession'
  | 'serverSession'
  | 'observations'
  | 'decisions'
  | 'detections'
  | 'dropped'
  | 'events'
  | 'levels'
  | 'sensors'
  | 'rules'
  | 'ruleProblems'
  | 'ledgerSize'
  | 'ledgerPublished'
  | 'sealing'
  | 'uptime'
  | 'exportSpans'
  | 'exportFailures'
  | 'exportWaiting'
  | 'exportSpooled'
  | 'exportUp';

export const INSTRUMENTS: Readonly<Record<Name, Instrument>> = {
  clientOperation: row(
    'mcp.client.operation.duration',
    'histogram',
    's',
    'From a request until its answer goes to the client; denials included.',
  ),
  serverOperation: row(
    'mcp.server.operation.duration',
    'histogram',
    's',
    'The same, of requests that reached the server.',
  ),
  clientSession: row(
    'mcp.client.session.duration',
    'histogram',
    's',
    'From the start of a connection to a server until its end.',
  ),
  serverSession: row(
    'mcp.server.session.duration',
    'histogram',
    's',
    'The same connection, of which the server is the other end.',
  ),
  observations: row('spoor.observations', 'counter', '{observation}', 'What has been observed.'),
  decisions: row('spoor.decisions', 'counter', '{decision}', 'Decisions on calls.'),
  detections: row('spoor.detections', 'counter', '{detection}', 'Rules that matched.'),
  dropped: row('spoor.dropped', 'counter', '{item}', 'What a limit or a failure has cost.'),
  events: row('spoor.events', 'counter', '{event}', 'Everything else that the hub counts.'),
  levels: row('spoor.levels', 'gauge', '{item}', 'What the hub holds at the moment.'),
  sensors: row('spoor.sensors', 'gauge', '{sensor}', 'Sensors that are connected.'),
  rules: row('spoor.rules', 'gauge', '{rule}', 'Rules that are loaded.'),
  ruleProblems: row('spoor.rule.problems', 'gauge', '{problem}', 'Rules that did not load.'),
  ledgerSize: row('spoor.ledger.size', 'gauge', '{entry}', 'Entries of the ledger.'),
  ledgerPublished: row(
    'spoor.ledger.published',
    'gauge',
    '{entry}',
    'Entries that the newest checkpoint covers.',
  ),
  sealing: row('spoor.ledger.sealing', 'gauge', '{auditor}', '1 where content is sealed, else 0.'),
  uptime: row('spoor.hub.uptime', 'gauge', 's', 'Since the hub has started.'),
  exportSpans: row('spoor.export.spans', 'counter', '{span}', 'Spans by what became of them.'),
  exportFailures: row(
    'spoor.export.failures',
    'counter',
    '{request}',
    'Requests to a destination that did not succeed.',
  ),
  exportWaiting: row('spoor.export.waiting', 'gauge', '{span}', 'Spans that wait in memory.'),
  exportSpooled: row('spoor.export.spooled', 'gauge', 'By', 'Size of what waits on disk.'),
  exportUp: row('spoor.export.up', 'gauge', '{destination}', '1 where the last request went well.'),
};

/** Seconds. Source: OpenTelemetry conventions for MCP, advice for all four durations. */
export const BUCKETS_S: readonly number[] = [
  0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300,
];

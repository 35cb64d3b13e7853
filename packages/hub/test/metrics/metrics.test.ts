import { ALLOW, type DestinationView, type Observation } from '@spoor/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import type { ConnectionEnd, HubState, RecordBatch } from '../../src/bus.ts';
import { encodeMetrics } from '../../src/export/otlp-metrics.ts';
import { BUCKETS_S, INSTRUMENTS } from '../../src/metrics/instruments.ts';
import { Metrics } from '../../src/metrics/metrics.ts';
import { toPrometheus } from '../../src/metrics/prometheus.ts';
import { type Metric, OVERFLOW, SeriesOf, without } from '../../src/metrics/series.ts';
import { batch, denied, detection, ended, observation } from '../support/build.ts';
import { decodeMetrics } from '../support/otlp.ts';

const STATE: HubState = {
  policy: { mode: 'observe', rules: {}, servers: {} },
  sensors: 2,
  sealing: true,
  asks: [],
  leaks: [],
  reports: [],
  stops: [],
  exceptions: { rows: [], problems: [] },
  counts: { begun: 3, recordsDropped: 7, samplingHeld: 5 },
  ledger: {
    origin: 'test',
    size: 12,
    checkpoint: 'test\n10\nroot\n',
    verifierKey: '',
    path: '',
    published: true,
    witness: { state: 'off', size: 0, witnesses: [] },
  },
  rules: { rules: [], builtIn: [], problems: [] },
};

const VIEW: DestinationView = {
  name: 'tempo',
  origin: 'https://tempo',
  signals: ['spans'],
  state: 'well',
  sent: 9,
  rejected: 1,
  dropped: 2,
  failures: 3,
  waiting: 4,
  spooled: { requests: 1, spans: 5, bytes: 600 },
};

function read(
  observations: readonly Observation[],
  rest: Partial<RecordBatch> = {},
): readonly Metric[] {
  const metrics = new Metrics();
  metrics.record({ ...batch(...observations), detections: [], past: [], connections: [], ...rest });
  return metrics.read({ state: STATE, destinations: [VIEW], uptimeMs: 1_500 });
}

const slow = (o: Observation): Observation => ({
  ...o,
  time: { ...o.time, endMs: o.time.startMs + 150 },
});

const pointsOf = (metrics: readonly Metric[], name: string): Metric['points'] =>
  metrics.find(({ instrument }) => instrument.name === name)?.points ?? [];

verifies('metrics:conventions', () => {
  const call = slow(ended(observation(1), 2));
  const failed = { ...call, outcome: 'protocol_error' as const, errorType: '-32602' };
  const metrics = read([
    call,
    call,
    failed,
    { ...slow(denied(observation(3), 'c-bcdfghjkmn')), errorType: 'denied' },
  ]);
  const client = pointsOf(metrics, 'mcp.client.operation.duration');
  expect(client).toHaveLength(3);
  expect(client[0]?.attributes).toEqual({
    'mcp.method.name': 'tools/call',
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': 'query',
    'network.transport': 'pipe',
    'spoor.server.name': 'crm',
  });
  expect(client[0]?.value).toMatchObject({ count: 2, sum: 0.3 });
  expect(client[1]?.attributes).toMatchObject({
    'error.type': '-32602',
    'rpc.response.status_code': '-32602',
  });
  // What was denied never reached the server.
  expect(pointsOf(metrics, 'mcp.server.operation.duration')).toHaveLength(2);
  const text = toPrometheus(metrics, '0.1.0');
  expect(text).toContain('# TYPE mcp_client_operation_duration_seconds histogram');
  for (const le of [
    '0.01',
    '0.02',
    '0.05',
    '0.1',
    '0.2',
    '0.5',
    '1',
    '2',
    '5',
    '10',
    '30',
    '60',
    '120',
    '300',
    '+Inf',
  ])
    expect(text).toMatch(
      new RegExp(
        `mcp_client_operation_duration_seconds_bucket\\{.*le="${le.replace('+', '\\+')}"\\}`,
      ),
    );
});

describe('what the hub counts', () => {
  const end: ConnectionEnd = { server: 'crm', transport: 'pipe', durationMs: 20_000 };
  const call = denied(observation(1), 'c-bcdfghjkmn');
  const found = {
    detection: detection(call),
    decision: call.decision ?? ALLOW,
  };
  const metrics = read([call], { connections: [end], detections: [found] });

  test('is there with its name and words', () => {
    expect(pointsOf(metrics, 'spoor.decisions')).toEqual([
      {
        attributes: {
          'spoor.decision.action': 'deny',
          'spoor.decision.wanted': 'deny',
          'spoor.decision.reason': 'rule',
          'spoor.decision.by': 'hub',
          'security.policy.rule.id': 'a-rule',
        },
        value: 1,
      },
    ]);
    expect(pointsOf(metrics, 'spoor.detections')).toEqual([
      { attributes: { 'security.policy.rule.id': 'a-rule', 'spoor.rule.level': 'high' }, value: 1 },
    ]);
    expect(pointsOf(metrics, 'mcp.client.session.duration')[0]?.value).toMatchObject({ sum: 20 });
  });

  test('has the names that Prometheus gives them', () => {
    const text = toPrometheus(metrics, '0.1.0');
    const scope = 'otel_scope_name="spoor",otel_scope_version="0.1.0"';
    for (const line of [
      'target_info{service_name="spoor",service_version="0.1.0"} 1',
      `spoor_dropped_total{spoor_item="recordsDropped",${scope}} 7`,
      `spoor_levels{spoor_item="samplingHeld",${scope}} 5`,
      `spoor_events_total{spoor_event="begun",${scope}} 3`,
      `spoor_sensors{${scope}} 2`,
      `spoor_ledger_size{${scope}} 12`,
      `spoor_ledger_published{${scope}} 10`,
      `spoor_hub_uptime_seconds{${scope}} 1.5`,
      `spoor_export_spans_total{spoor_destination="tempo",spoor_export_result="rejected",${scope}} 1`,
      `spoor_export_spooled_bytes{spoor_destination="tempo",${scope}} 600`,
      `spoor_export_up{spoor_destination="tempo",${scope}} 1`,
    ])
      expect(text.split('\n')).toContain(line);
  });

  test('is a text that Prometheus reads: one head for each name, values that are numbers', () => {
    const lines = toPrometheus(metrics, '0.1.0').trimEnd().split('\n');
    const types = lines.filter((line) => line.startsWith('# TYPE'));
    expect(new Set(types).size).toBe(types.length);
    for (const line of lines.filter((one) => !one.startsWith('#')))
      expect(line).toMatch(/^[a-z_]+(\{([a-z_]+="[^"\n]*",?)+\})? \d+(\.\d+)?$/);
  });

  test('goes out as OTLP with the same values', () => {
    const source = { version: '0.1.0', instance: 'one', startMs: 1 };
    const points = decodeMetrics(encodeMetrics(metrics, source, 2_000));
    const of = (name: string) => points.find((point) => point.name === name);
    expect(of('spoor.decisions')).toMatchObject({ kind: 'sum', value: 1, unit: '{decision}' });
    expect(of('spoor.sensors')).toMatchObject({ kind: 'gauge', value: 2 });
    expect(of('mcp.client.session.duration')).toMatchObject({
      kind: 'histogram',
      unit: 's',
      count: 1,
      sum: 20,
      bounds: BUCKETS_S,
      buckets: BUCKETS_S.map((bound) => (bound === 30 ? 1 : 0)).concat(0),
      attributes: { 'spoor.server.name': 'crm', 'network.transport': 'pipe' },
    });
  });
});

verifies('metrics:bounded', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(40), { maxLength: 200 }),
      fc.integer({ min: 2, max: 20 }),
      (names, max) => {
        const series = new SeriesOf(INSTRUMENTS.clientOperation, max);
        for (const name of names) series.record({ 'gen_ai.tool.name': `tool-${name}` }, 1);
        const { points } = series.read();
        const total = points.reduce(
          (sum, { value }) => sum + (typeof value === 'number' ? 0 : value.count),
          0,
        );
        const overflowing = new Set(names).size > max - 1;
        expect(points.length).toBe(Math.min(new Set(names).size, max));
        expect(points.some(({ attributes }) => attributes === OVERFLOW)).toBe(overflowing);
        expect(total).toBe(names.length);
      },
    ),
  );
});

test('a metric without an attribute has each set of the others once, and loses nothing', () => {
  const series = new SeriesOf(INSTRUMENTS.clientOperation);
  for (const tool of ['a', 'b', 'c'])
    series.record({ 'gen_ai.tool.name': tool, 'mcp.method.name': 'tools/call' }, 0.015);
  const { points } = without(series.read(), (name) => name !== 'gen_ai.tool.name');
  expect(points).toHaveLength(1);
  expect(points[0]).toMatchObject({
    attributes: { 'mcp.method.name': 'tools/call' },
    value: { count: 3, buckets: [0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] },
  });
});

test('text in an attribute cannot end its line', () => {
  const series = new SeriesOf(INSTRUMENTS.events);
  series.add({ 'spoor.event': 'a"b\\c\nd' });
  expect(toPrometheus([series.read()], '1')).toContain('spoor_event="a\\"b\\\\c\\nd"');
});

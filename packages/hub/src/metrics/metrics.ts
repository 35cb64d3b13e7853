import {
  allowAttributes,
  type DestinationView,
  LIMITS,
  type Observation,
  operationAttributes,
} from '@spoor/core';
import type { ConnectionEnd, DetectionRecord, HubState, RecordBatch } from '../bus.ts';
import { INSTRUMENTS, type Instrument } from './instruments.ts';
import { type Metric, type MetricAttributes, type MetricPoint, SeriesOf } from './series.ts';

/** What the hub's counts are, by name; a name that stands nowhere is an event. */
const DROPPED: ReadonlySet<string> = new Set([
  'atomsDropped',
  'groupsEvicted',
  'ledgerDropped',
  'lost',
  'notWritten',
  'openCallsDropped',
  'openGivenUp',
  'recordsDropped',
  'samplingEvicted',
  'samplingForgotten',
  'sensorsCutOff',
  'spansDropped',
  'spansPastMissing',
  'spansRejected',
  'spoolUnreadable',
  'unstored',
]);
const LEVELS: ReadonlySet<string> = new Set([
  'asksOpen',
  'atoms',
  'groups',
  'live',
  'openCalls',
  'samplingHeld',
  'sessions',
  'spansSpooled',
  'storeBehind',
  'storeWaiting',
]);
/** Told by destination instead. */
const ELSEWHERE: ReadonlySet<string> = new Set(['spansExported', 'exportFailures']);

/** Kinds of observations that are an exchange between a client and a server. */
const OPERATIONS: ReadonlySet<Observation['kind']> = new Set<Observation['kind']>([
  'tool.call',
  'tool.list',
  'resource.list',
  'resource.read',
  'prompt.list',
  'prompt.get',
  'sampling.request',
  'elicitation.request',
]);

/** Counts as records come by; what the hub knows anyway is read when somebody asks. */
export class Metrics {
  readonly #clientOperation = new SeriesOf(INSTRUMENTS.clientOperation);
  readonly #serverOperation = new SeriesOf(INSTRUMENTS.serverOperation);
  readonly #clientSession = new SeriesOf(INSTRUMENTS.clientSession);
  readonly #serverSession = new SeriesOf(INSTRUMENTS.serverSession);
  readonly #observations = new SeriesOf(INSTRUMENTS.observations);
  readonly #decisions = new SeriesOf(INSTRUMENTS.decisions);
  readonly #detections = new SeriesOf(INSTRUMENTS.detections);
  /** Most records are like one before, and checking attributes takes longer than counting. */
  readonly #known = new Map<string, MetricAttributes>();

  record({ observations, detections, connections }: RecordBatch): void {
    for (const o of observations) {
      this.#decision(o);
      if (o.outcome !== 'pending') this.#ended(o);
    }
    for (const record of detections) this.#detection(record);
    for (const end of connections) this.#session(end);
  }

  read(now: {
    readonly state: HubState | undefined;
    readonly destinations: readonly DestinationView[];
    readonly uptimeMs: number;
  }): readonly Metric[] {
    return [
      ...[this.#clientOperation, this.#serverOperation, this.#clientSession, this.#serverSession],
      ...[this.#observations, this.#decisions, this.#detections],
    ]
      .map((series) => series.read())
      .concat(now.state === undefined ? [] : ofState(now.state))
      .concat(ofDestinations(now.destinations))
      .concat(single(INSTRUMENTS.uptime, now.uptimeMs / 1_000));
  }

  #ended(o: Observation): void {
    const { kind, outcome } = o;
    this.#observations.add(
      this.#once(['observation', kind, outcome], () => ({
        'spoor.observation.kind': kind,
        'spoor.outcome': outcome,
      })),
    );
    if (!OPERATIONS.has(o.kind) || o.time.endMs === undefined) return;
    const attributes = this.#once(
      [
        ...['operation', kind, o.method, o.protocolVersion, o.tool?.name, o.prompt, o.errorType],
        ...[o.server.transport, o.server.name],
      ],
      () => operationAttributes(o),
    );
    const seconds = Math.max(0, o.time.endMs - o.time.startMs) / 1_000;
    this.#clientOperation.record(attributes, seconds);
    if (o.outcome !== 'denied') this.#serverOperation.record(attributes, seconds);
  }

  /** Each decision once: when the call began, or afterwards where a sensor decided alone. */
  #decision({ decision, outcome }: Observation): void {
    const fresh = outcome === 'pending' || outcome === 'denied' || decision?.by === 'sensor';
    if (decision === undefined || !fresh) return;
    const { action, wanted, reason, by, rule } = decision;
    const key = ['decision', action, wanted, reason, by, rule];
    this.#decisions.add(this.#once(key, () => decisionAttributes(decision)));
  }

  /** The same object for the same words. */
  #once(words: readonly unknown[], make: () => MetricAttributes): MetricAttributes {
    const key = JSON.stringify(words);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#known.size >= LIMITS.metricSeriesMax) this.#known.clear();
    const attributes = make();
    this.#known.set(key, attributes);
    return attributes;
  }

  #detection({ detection: { rule } }: DetectionRecord): void {
    this.#detections.add({ 'security.policy.rule.id': rule.id, 'spoor.rule.level': rule.level });
  }

  #session({ server, transport, durationMs }: ConnectionEnd): void {
    const { attributes } = allowAttributes({
      'spoor.server.name': server,
      'network.transport': transport,
    });
    this.#clientSession.record(attributes, durationMs / 1_000);
    this.#serverSession.record(attributes, durationMs / 1_000);
  }
}

const decisionAttributes = ({
  action,
  wanted,
  reason,
  by,
  rule,
}: NonNullable<Observation['decision']>): MetricAttributes =>
  allowAttributes({
    'spoor.decision.action': action,
    'spoor.decision.wanted': wanted,
    'spoor.decision.reason': reason,
    'spoor.decision.by': by,
    'security.policy.rule.id': rule === '' ? undefined : rule,
  }).attributes;

const single = (instrument: Instrument, value: number): Metric => ({
  instrument,
  points: [{ attributes: {}, value }],
});

function ofState({ counts, ledger, rules, sealing, sensors }: HubState): readonly Metric[] {
  const named = (attribute: string, wanted: (name: string) => boolean): MetricPoint[] =>
    Object.entries(counts)
      .filter(([name]) => wanted(name))
      .map(([name, value]) => ({ attributes: { [attribute]: name }, value }));
  const isEvent = (name: string): boolean =>
    !DROPPED.has(name) && !LEVELS.has(name) && !ELSEWHERE.has(name);
  return [
    { instrument: INSTRUMENTS.dropped, points: named('spoor.item', (name) => DROPPED.has(name)) },
    { instrument: INSTRUMENTS.levels, points: named('spoor.item', (name) => LEVELS.has(name)) },
    { instrument: INSTRUMENTS.events, points: named('spoor.event', isEvent) },
    single(INSTRUMENTS.sensors, sensors),
    single(INSTRUMENTS.rules, rules.rules.length),
    single(INSTRUMENTS.ruleProblems, rules.problems.length),
    single(INSTRUMENTS.ledgerSize, ledger.size),
    // Second line of a checkpoint (C2SP tlog-checkpoint).
    single(INSTRUMENTS.ledgerPublished, Number(ledger.checkpoint.split('\n')[1] ?? 0)),
    single(INSTRUMENTS.sealing, sealing ? 1 : 0),
  ];
}

function ofDestinations(views: readonly DestinationView[]): readonly Metric[] {
  const each = (
    instrument: Instrument,
    read: (view: DestinationView) => Readonly<Record<string, number>>,
  ): Metric => ({
    instrument,
    points: views.flatMap((view) =>
      Object.entries(read(view)).map(([result, value]) => ({
        attributes: {
          'spoor.destination': view.name,
          ...(result === '' ? {} : { 'spoor.export.result': result }),
        },
        value,
      })),
    ),
  });
  return [
    each(INSTRUMENTS.exportSpans, ({ sent, rejected, dropped }) => ({ sent, rejected, dropped })),
    each(INSTRUMENTS.exportFailures, ({ failures }) => ({ '': failures })),
    each(INSTRUMENTS.exportWaiting, ({ waiting }) => ({ '': waiting })),
    each(INSTRUMENTS.exportSpooled, ({ spooled }) => ({ '': spooled.bytes })),
    each(INSTRUMENTS.exportUp, ({ state }) => ({ '': state === 'well' ? 1 : 0 })),
  ];
}

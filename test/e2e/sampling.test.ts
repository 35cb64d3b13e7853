import { randomBytes } from 'node:crypto';
import type { CallDetail, HubView, Label, Sensed } from '@spoor/core';
import { locateHome, readToken } from '@spoor/edge/home';
import { expect } from 'vitest';
import {
  definitionOf,
  facts,
  hello,
  newId,
  sensed,
} from '../../packages/hub/test/support/build.ts';
import { type DecodedSpan, decodeSpans } from '../../packages/hub/test/support/otlp.ts';
import { connectSensor, type TestSensor } from '../../packages/hub/test/support/sensor.ts';
import { verifies } from '../verifies.ts';
import { collector } from './collector.ts';
import { until, World } from './support.ts';

const KINDS = ['denial', 'detection', 'error', 'auth-failure', 'unverified-sensitive'] as const;
type Kind = (typeof KINDS)[number];
const WHOLE_SESSION: ReadonlySet<Kind> = new Set<Kind>(['denial', 'detection']);

const SESSIONS_OF_A_KIND = 40;
const BEFORE = 30;
const AFTER = 10;
const FLOOD = 1_720;

const TOOLS: Readonly<Record<string, readonly Label[]>> = {
  look: [],
  customers: ['reads-pii'],
  script: ['executes-code'],
  share: ['shares-externally'],
  pay: ['financial'],
};

const LOOK: Partial<Sensed> = { tool: 'look', outcome: 'ok' };

const PARTS: Readonly<Record<Exclude<Kind, 'denial'>, Partial<Sensed>>> = {
  detection: { kind: 'sampling.request', method: 'sampling/createMessage', outcome: 'ok' },
  error: { tool: 'look', outcome: 'tool_error', errorType: 'tool_error' },
  'auth-failure': { tool: 'look', outcome: 'protocol_error', errorType: '401' },
  'unverified-sensitive': { tool: 'pay', outcome: 'ok' },
};

/** One host with one server, as the hub sees it. */
class Host {
  readonly #sensor: TestSensor;
  #asked = 1;
  #calls = 0;

  private constructor(sensor: TestSensor) {
    this.#sensor = sensor;
  }

  static async connect(world: World, pid: number): Promise<Host> {
    const home = locateHome(world.env);
    const host = new Host(await connectSensor(home.socket));
    const process = { pid, start: '1' };
    const self = { ...hello().host, process, ancestors: [process] };
    const server = { name: 'crm', transport: 'stdio' as const };
    host.#sensor.send(hello({ token: readToken(home) ?? '', host: self, server }));
    await host.#sensor.next();
    const tools = Object.entries(TOOLS).map(([name, labels]) => definitionOf(name, { labels }));
    await host.#say('end', {
      kind: 'tool.list',
      method: 'tools/list',
      outcome: 'ok',
      definitions: { tools, partial: false },
    });
    return host;
  }

  get calls(): number {
    return this.#calls;
  }

  /** Ordinary calls, each in a trace of its own. */
  async ordinary(count: number): Promise<readonly string[]> {
    const ids: string[] = [];
    for (let n = 0; n < count; n++) ids.push(await this.#say('end', LOOK));
    return ids;
  }

  /** What is kept whatever the rate. */
  async event(kind: Kind): Promise<string> {
    if (kind !== 'denial') return this.#say('end', PARTS[kind]);
    await this.#say('end', { tool: 'customers', outcome: 'ok' });
    await this.#say('end', { tool: 'script', outcome: 'ok' });
    return this.#say('begin', { tool: 'share', outcome: 'pending' });
  }

  async #say(op: 'begin' | 'end', part: Partial<Sensed>): Promise<string> {
    const id = newId();
    const traceparent = {
      trace: randomBytes(16).toString('hex'),
      parent: randomBytes(8).toString('hex'),
    };
    const span = randomBytes(8).toString('hex');
    // Equal calls would be a loop, which is a detection.
    const request = facts({ digest: randomBytes(16).toString('hex') });
    const { tool: _, ...plain } = sensed({ id, traceparent, span, request, startMs: Date.now() });
    const observation = { ...plain, endMs: Date.now(), ...part };
    this.#sensor.send({ op, id: ++this.#asked, observation, sealed: [] });
    const answer = await this.#sensor.next();
    expect(answer).toHaveProperty('ok');
    this.#calls += 1;
    return id;
  }
}

interface Session {
  readonly kind: Kind;
  readonly ordinary: readonly string[];
  readonly event: string;
}

verifies(
  'sampling:hub',
  async () => {
    const world = new World();
    const sink = await collector();
    await world.hub(
      ...['--mode', 'enforce', '--sampling-rate', '0.01', '--otlp-endpoint', sink.url],
    );
    const flood = await Host.connect(world, 2_000_000);
    const kinds = KINDS.flatMap((kind) => Array.from({ length: SESSIONS_OF_A_KIND }, () => kind));
    const hosts = await Promise.all(kinds.map((_, n) => Host.connect(world, 1_000_000 + n)));
    // Everybody's past, then noise, then what matters, then more of the same.
    const past = await Promise.all(hosts.map((host) => host.ordinary(BEFORE)));
    const noise = await flood.ordinary(FLOOD);
    const events = await Promise.all(hosts.map((host, n) => host.event(kinds[n] ?? 'error')));
    const later = await Promise.all(hosts.map((host) => host.ordinary(AFTER)));
    const sessions: Session[] = kinds.map((kind, n) => ({
      kind,
      ordinary: [...(past[n] ?? []), ...(later[n] ?? [])],
      event: events[n] ?? '',
    }));
    const all = [flood, ...hosts].reduce((sum, { calls }) => sum + calls, 0);
    expect(all).toBeGreaterThanOrEqual(10_000);

    const wanted = sessions.flatMap(({ kind, ordinary, event }) =>
      WHOLE_SESSION.has(kind) ? [...ordinary, event] : [event],
    );
    const spans = await until(
      () => byCall(sink.bodies.flatMap(decodeSpans)),
      (found) => wanted.every((id) => found.has(id)),
      90_000,
    );
    for (const { kind, event } of sessions)
      expect(spans.get(event)?.attributes['spoor.sampling.reason']).toBe(kind);
    expect(sessions).toHaveLength(200);

    // What is ordinary is thinned as the rate says: 1 % of 6,520, give or take five deviations.
    const others = sessions.filter(({ kind }) => !WHOLE_SESSION.has(kind));
    const thinned = [...noise, ...others.flatMap(({ ordinary }) => ordinary)];
    const kept = thinned.filter((id) => spans.has(id)).length;
    expect(kept).toBeGreaterThan(25);
    expect(kept).toBeLessThan(106);

    // The record is whole all the same, and says what was left out.
    const left = thinned.find((id) => !spans.has(id)) ?? '';
    const { ledger } = await world.api<CallDetail>(`calls/${left}`);
    const leaf = JSON.parse(ledger.at(-1)?.leaf ?? '{}') as { readonly sampled?: unknown };
    expect(leaf.sampled).toEqual({ keep: false, reason: 'base' });
    const { counts } = await world.api<HubView>('hub');
    expect(counts.samplingEvicted).toBeGreaterThan(FLOOD - 1_000 - 60);
    expect(counts.spansPastMissing).toBe(0);
  },
  { timeoutMs: 120_000 },
);

const byCall = (spans: readonly DecodedSpan[]): ReadonlyMap<unknown, DecodedSpan> =>
  new Map(spans.map((span) => [span.attributes['spoor.call.id'], span]));

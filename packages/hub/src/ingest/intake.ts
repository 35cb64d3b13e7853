import { setImmediate } from 'node:timers/promises';
import { CodedError, LIMITS, type Random, safeName } from '@spoor/core';
import { type ContentMatcher, contentMatcher } from '@spoor/detect/sense';
import { type Keys, keysOf } from '@spoor/edge';
import {
  type DecodedTraces,
  type ForeignSpan,
  readForeign,
  type SpanRow,
  serviceOf,
} from '@spoor/edge/otlp';
import type { Sealer } from '@spoor/ledger/seal';
import { type JoinedCall, joinCalls, spanKey } from './calls.ts';
import { senseForeign } from './sensing.ts';
import type { ForeignOpened, ForeignQuestion, ForeignTaken, ForeignTold, Leak } from './told.ts';

export interface IntakeOptions {
  readonly ask: (question: ForeignQuestion) => Promise<unknown>;
  readonly random: Random;
}

/** What is told to the sender. */
export interface Accepted {
  readonly rejectedSpans: number;
  readonly message: string;
}

/** The deciding thread takes so many calls at a time, so that no decision waits long. */
const TELL_MAX = 4;
/** After so long this thread lets others have their turn: it serves the API, too. */
const SLICE_MS = 5;
const SEALERS_MAX = 256;
/** Telemetry of our own that comes back. */
const OWN_SCOPE = 'spoor';

interface Opened {
  readonly session: string;
  readonly keys: Keys;
  readonly sealer: Sealer | undefined;
}

/** Takes in decoded telemetry: finds the calls in it, examines and seals their content. */
export class ForeignIntake {
  readonly counts: Record<string, number> = {};
  readonly #options: IntakeOptions;
  readonly #sealers = new Map<string, Sealer>();
  #content: ContentMatcher | undefined;
  #waiting = 0;
  /** One request after another, so that their order is that of their coming. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  /** Resolves when everything is on disk. Rejects with OTLP_BUSY, or what the ledger says. */
  take({ rows, dropped }: DecodedTraces): Promise<Accepted> {
    if (this.#waiting + rows.length > LIMITS.ingestSpansWaitingMax) {
      this.count('ingestBusy');
      return Promise.reject(new CodedError('OTLP_BUSY'));
    }
    this.count('ingestSpans', rows.length);
    this.count('ingestRejected', dropped.spans);
    this.count('ingestCut', dropped.attributes + dropped.cut + dropped.events);
    this.#waiting += rows.length;
    const taken = this.#turn.then(() => this.#take(rows));
    this.#turn = taken
      .catch(() => undefined)
      .then(() => {
        this.#waiting -= rows.length;
      });
    return taken.then(() => ({
      rejectedSpans: dropped.spans,
      message: dropped.spans === 0 ? '' : 'spans over a limit, or with ids or times out of range',
    }));
  }

  count(name: string, by: number = 1): void {
    if (by > 0) this.counts[name] = (this.counts[name] ?? 0) + by;
  }

  async #take(rows: readonly SpanRow[]): Promise<void> {
    const spans = this.#read(rows);
    if (spans.length === 0) return;
    const calls = joinCalls(spans, parentsOf(rows));
    const sessions = await this.#open(spans);
    await this.#tell(calls, sessions, leaksOf(spans, sessions));
    await this.#options.ask({ kind: 'foreign.settle' });
  }

  #read(rows: readonly SpanRow[]): ForeignSpan[] {
    const spans: ForeignSpan[] = [];
    for (const row of rows) {
      if (row.scope.name === OWN_SCOPE) {
        this.count('ingestOwn');
        continue;
      }
      const span = readForeign(row);
      if (span === undefined) this.count('ingestIgnored');
      else spans.push(span);
    }
    this.count(
      'ingestClaims',
      spans.reduce((sum, { claims }) => sum + claims, 0),
    );
    return spans;
  }

  async #open(spans: readonly ForeignSpan[]): Promise<Sessions> {
    const agents = new Map<string, string>();
    for (const { row } of spans) {
      if (!agents.has(row.trace)) agents.set(row.trace, serviceOf(row));
    }
    const traces = [...agents].map(([trace, agent]) => ({ trace, agent }));
    const opened = (await this.#options.ask({
      kind: 'foreign.open',
      first: this.#content === undefined,
      traces,
    })) as ForeignOpened;
    const { definitionKey, recipients, project, asked } = opened;
    this.#content ??= contentMatcher(asked);
    const byTrace = new Map<string, Opened>();
    for (const [i, { trace }] of traces.entries()) {
      const one = opened.sessions[i];
      if (one === undefined) continue;
      const keys = keysOf({ ...one, definitionKey });
      const sealer = await this.#sealer(one.session, recipients);
      byTrace.set(trace, { session: one.session, keys, sealer });
    }
    return { byTrace, project };
  }

  /** One key for each session; the auditors get it before any content that needs it. */
  async #sealer(session: string, recipients: readonly string[]): Promise<Sealer | undefined> {
    if (recipients.length === 0) return undefined;
    const name = [session, ...recipients].join('\n');
    const known = this.#sealers.get(name);
    if (known !== undefined) return known;
    const { createSealer } = await import('@spoor/ledger/seal');
    const { random, ask } = this.#options;
    const sealer = await createSealer({ session, recipients: [...recipients], random });
    await ask({ kind: 'foreign.key', session, ...sealer.key });
    const [oldest] = this.#sealers.keys();
    if (this.#sealers.size >= SEALERS_MAX && oldest !== undefined) this.#sealers.delete(oldest);
    this.#sealers.set(name, sealer);
    return sealer;
  }

  async #tell(
    calls: readonly JoinedCall[],
    { byTrace, project }: Sessions,
    leaks: Map<string, Leak>,
  ): Promise<void> {
    const { random } = this.#options;
    const content = this.#content ?? contentMatcher(undefined);
    const told: ForeignTold[] = [];
    let sinceMs = performance.now();
    for (const joined of calls) {
      const opened = byTrace.get(joined.head.row.trace);
      if (opened === undefined) continue;
      const one = senseForeign(joined, { ...opened, project, content, random });
      noteCall(leaks, joined, one.ended.sensed.id, one.server, one.ended.sensed.tool ?? '');
      told.push(one);
      if (told.length >= TELL_MAX) await this.#hand(told.splice(0), []);
      if (performance.now() - sinceMs > SLICE_MS) {
        await setImmediate();
        sinceMs = performance.now();
      }
    }
    await this.#hand(told, [...leaks.values()]);
  }

  async #hand(told: readonly ForeignTold[], leaks: readonly Leak[]): Promise<void> {
    const { duplicates } = (await this.#options.ask({
      kind: 'foreign.tell',
      told,
      leaks,
    })) as ForeignTaken;
    this.count('ingestDuplicates', duplicates);
    this.count('ingestCalls', told.length - duplicates);
  }
}

interface Sessions {
  readonly byTrace: ReadonlyMap<string, Opened>;
  readonly project: boolean;
}

function parentsOf(rows: readonly SpanRow[]): Map<string, string> {
  const parents = new Map<string, string>();
  for (const { trace, span, parent } of rows)
    if (parent !== '') parents.set(spanKey(trace, span), spanKey(trace, parent));
  return parents;
}

const LEAKS_MAX = 64;
const LEAK_ATTRIBUTES_MAX = 32;

/** By instrumentation. */
function leaksOf(spans: readonly ForeignSpan[], { byTrace }: Sessions): Map<string, Leak> {
  const leaks = new Map<string, Leak>();
  for (const { row, leaks: attributes } of spans) {
    const keys = byTrace.get(row.trace)?.keys;
    if (attributes.length === 0 || keys === undefined) continue;
    const instrumentation = scopeOf(row, keys);
    const known = leaks.get(instrumentation);
    if (known === undefined && leaks.size >= LEAKS_MAX) continue;
    const all = new Set([...(known?.attributes ?? []), ...attributes]);
    leaks.set(instrumentation, {
      trace: row.trace,
      agent: safeName(serviceOf(row), keys.short),
      ...known,
      instrumentation,
      attributes: [...all].slice(0, LEAK_ATTRIBUTES_MAX),
      spans: (known?.spans ?? 0) + 1,
    });
  }
  return leaks;
}

/** A version is shown only in the forms that versions have. */
function scopeOf({ scope }: SpanRow, keys: Keys): string {
  const name = safeName(scope.name === '' ? 'unknown' : scope.name, keys.short);
  return /^[0-9A-Za-z.+-]{1,32}$/.test(scope.version) ? `${name} ${scope.version}` : name;
}

function noteCall(
  leaks: Map<string, Leak>,
  { head }: JoinedCall,
  id: string,
  server: string,
  tool: string,
): void {
  for (const [name, leak] of leaks) {
    const own = name === head.row.scope.name || name.startsWith(`${head.row.scope.name} `);
    if (own && leak.call === undefined && head.leaks.length > 0)
      leaks.set(name, { ...leak, trace: head.row.trace, call: { id, server, tool } });
  }
}

import {
  ALLOW,
  type CallId,
  type Cause,
  type ContentAsked,
  type Detection,
  type LeakView,
  LIMITS,
  type Observation,
  type ObservationKind,
  type Principal,
  type SealedContent,
  type Sensed,
  type TraceId,
} from '@spoor/core';
import type { Hello } from '@spoor/edge';
import type { Appended, Ledger } from '@spoor/ledger';
import { LEAKING_INSTRUMENTATION } from '../builtin.ts';
import type { RecordBatch } from '../bus.ts';
import { pseudonymOf } from '../identify/pseudonym.ts';
import { isSameCall, type Side, spanKey } from '../ingest/calls.ts';
import type {
  ForeignOpened,
  ForeignQuestion,
  ForeignTaken,
  ForeignTold,
  Leak,
} from '../ingest/told.ts';
import type { Secrets } from '../secrets.ts';
import type { Connection } from './admission.ts';
import type { Decisions } from './decisions.ts';
import type { Definitions } from './definitions.ts';
import { evidenceOf } from './entry.ts';
import type { Session, Sessions } from './sessions.ts';

export interface ForeignOptions {
  readonly sessions: Sessions;
  readonly definitions: Pick<Definitions, 'assume'>;
  readonly decisions: Pick<Decisions, 'end' | 'settled'>;
  readonly ledger: Pick<Ledger, 'append' | 'published' | 'keepKey'>;
  readonly record: (part: Partial<RecordBatch>) => void;
  readonly secrets: Pick<Secrets, 'sessionKeys' | 'definitionKey' | 'pseudonymKey'>;
  readonly recipients: () => readonly string[];
  readonly project: boolean;
  /** What the rules ask of content. */
  readonly asked: ContentAsked | undefined;
  readonly nowMs: () => number;
}

interface KnownCall {
  readonly id: CallId;
  readonly kind: ObservationKind;
  readonly side: Side;
}

/** Between the client, which is around it, and the server, which is inside. */
const SENSOR_RANK = 1;
const SESSIONS_KNOWN_MAX = 50_000;
/** The same finding again is no news for so long. */
const LEAK_EVERY_MS = 60_000;
const LEAKS_KNOWN_MAX = 256;

/**
 * Other people's telemetry on the deciding thread. It is late by nature: it may alert and never
 * blocks. What a sensor has seen itself is not taken in a second time.
 */
export class Foreign {
  readonly #options: ForeignOptions;
  readonly #calls = new Map<string, KnownCall>();
  /** Spans that have not been told, by the call that is right inside them. */
  readonly #around = new Map<string, KnownCall>();
  /** Sessions of sensors whose client brought its own trace. */
  readonly #traces = new Map<string, Session>();
  readonly #leaks = new Map<string, LeakView & { readonly toldMs: number }>();
  #telling = false;
  /**
   * Prompts that telemetry claims for the session of a sensor: what the user asked for makes calls
   * pass, so a claim must not say it.
   */
  readonly counts = { foreignIntents: 0 };

  constructor(options: ForeignOptions) {
    this.#options = options;
  }

  get leaks(): readonly LeakView[] {
    return [...this.#leaks.values()].map(({ toldMs: _, ...leak }) => leak);
  }

  /** Remembers what a sensor observed. */
  observed({ id, kind, method, tool, trace }: Observation, { session }: Connection): void {
    if (this.#telling) return;
    const side = { method, tool: tool?.name, rank: SENSOR_RANK };
    const call = { id, kind, side };
    remember(this.#calls, spanKey(trace.trace, trace.span), call);
    // What the server got in place of our ids, and what the client sent: spans come back with them.
    const { given, link, parent } = trace;
    if (given !== undefined) remember(this.#calls, spanKey(given.trace, given.span), call);
    if (link !== undefined) remember(this.#around, spanKey(link.trace, link.span), call);
    if (trace.parentOf !== 'client' || parent === undefined) return;
    remember(this.#around, spanKey(trace.trace, parent), call);
    // A client that is trusted to continue its trace shares its session with that trace; others,
    // and servers, could bring any trace into any session.
    if (this.#traces.size >= SESSIONS_KNOWN_MAX) dropOldest(this.#traces);
    this.#traces.set(trace.trace, session);
  }

  /** Spans of a session that was shredded belong to a new one. */
  forget(id: string): void {
    for (const [trace, session] of this.#traces) if (session.id === id) this.#traces.delete(trace);
  }

  open(
    traces: readonly { readonly trace: string; readonly agent: string }[],
    first: boolean,
  ): ForeignOpened {
    const { secrets, recipients, project, asked } = this.#options;
    const sessions = traces.map(({ trace, agent }) => {
      const { id } = this.#session(trace, agent);
      return { session: id, ...secrets.sessionKeys(id) };
    });
    const { definitionKey } = secrets;
    const news = asked === undefined || !first ? {} : { asked };
    return { sessions, definitionKey, recipients: recipients(), project, ...news };
  }

  /** Answers what the intake asks. */
  async answer(question: ForeignQuestion): Promise<unknown> {
    switch (question.kind) {
      case 'foreign.open':
        return this.open(question.traces, question.first);
      case 'foreign.key':
        return this.#options.ledger
          .keepKey(question.session, question.kek, question.wrapped)
          .then(() => true);
      case 'foreign.tell':
        return this.tell(question.told, question.leaks);
      case 'foreign.settle':
        return this.#options.decisions.settled().then(() => true);
    }
  }

  tell(told: readonly ForeignTold[], leaks: readonly Leak[]): ForeignTaken {
    let duplicates = 0;
    for (const one of told) if (!this.#tellOne(one)) duplicates += 1;
    for (const leak of leaks) this.#leak(leak);
    return { duplicates };
  }

  #session(trace: string, agent: string): Session {
    const own = this.#traces.get(trace);
    return own ?? this.#options.sessions.ofTrace(trace as TraceId, agent, this.#options.nowMs());
  }

  /** False where the call is known already. */
  #tellOne(told: ForeignTold): boolean {
    const known = this.#known(told);
    const id = told.ended.sensed.id as CallId;
    const call = known ?? { id, kind: told.ended.sensed.kind, side: told.side };
    for (const key of told.spans) remember(this.#calls, key, call);
    if (known !== undefined) return false;
    if (told.parent !== undefined) remember(this.#around, told.parent, call);
    const connection = this.#connection(told);
    const cause = this.#cause(told);
    const { begun, ended } = told;
    if (ended.sensed.kind === 'intent' && this.#traces.has(told.trace)) {
      this.counts.foreignIntents += 1;
      return true;
    }
    this.#assume(told.server, ended.sensed);
    if (begun !== undefined) this.#end(connection, { ...begun.sensed, cause }, begun.sealed);
    this.#end(connection, { ...ended.sensed, cause }, ended.sealed);
    return true;
  }

  #end(connection: Connection, sensed: Sensed, sealed: readonly SealedContent[]): void {
    this.#telling = true;
    try {
      this.#options.decisions.end(connection, sensed, sealed);
    } finally {
      this.#telling = false;
    }
  }

  #assume(server: string, { tool, request }: Sensed): void {
    if (tool === undefined) return;
    const names = (request?.paths ?? [])
      .map(({ path }) => path)
      .filter((path) => /^\w+$/.test(path));
    this.#options.definitions.assume(server, tool, names);
  }

  /** By a span of the same id, or by one right around it or right inside it. */
  #known({ spans, parent, side }: ForeignTold): KnownCall | undefined {
    for (const key of spans) {
      const same = this.#calls.get(key);
      if (same !== undefined) return same;
      const inner = this.#around.get(key);
      if (inner !== undefined && isSameCall(side, inner.side)) return inner;
    }
    const outer = parent === undefined ? undefined : this.#calls.get(parent);
    return outer !== undefined && isSameCall(outer.side, side) ? outer : undefined;
  }

  #cause({ ancestors }: ForeignTold): Cause {
    for (const key of ancestors) {
      const known = this.#calls.get(key);
      if (known === undefined) continue;
      if (known.kind === 'intent') return { kind: 'user', evidence: 'trace' };
      if (known.kind === 'tool.call') return { kind: 'tool', parent: known.id, evidence: 'trace' };
    }
    return { kind: 'unknown', evidence: 'none' };
  }

  #connection({ trace, agent, server, transport, claims, claimed }: ForeignTold): Connection {
    const session = this.#session(trace, agent);
    return {
      hello: helloOf(agent, server, transport),
      session,
      principal: {
        ...this.#principal(agent, claims),
        ...(claimed === undefined ? {} : { claimed }),
      },
      open: new Set(),
    };
  }

  /** Whatever a span says of its user is a claim; the level is made here. */
  #principal(agent: string, claims: boolean): Principal {
    return {
      level: 'unverified',
      pseudonym: pseudonymOf(this.#options.secrets.pseudonymKey, `telemetry|${agent}`),
      agent,
      evidence: claims ? ['telemetry', 'claimed-identity'] : ['telemetry'],
    };
  }

  #leak(leak: Leak): void {
    const { nowMs, record, ledger, sessions } = this.#options;
    const { instrumentation } = leak;
    const known = this.#leaks.get(instrumentation);
    const attributes = [...new Set([...(known?.attributes ?? []), ...leak.attributes])];
    const news = attributes.length > (known?.attributes.length ?? 0);
    const due = news || known === undefined || nowMs() - known.toldMs >= LEAK_EVERY_MS;
    if (known === undefined && this.#leaks.size >= LEAKS_KNOWN_MAX) dropOldest(this.#leaks);
    this.#leaks.set(instrumentation, {
      instrumentation,
      attributes,
      spans: (known?.spans ?? 0) + leak.spans,
      toldMs: due ? nowMs() : (known?.toldMs ?? 0),
    });
    if (!due) return;
    const session = this.#session(leak.trace, leak.agent);
    const detection = this.#detection(leak, session);
    const entry = appended(ledger, session, detection);
    const binding = sessions.changed(session);
    record({
      ...(binding === undefined ? {} : { bindings: [binding] }),
      detections: [
        {
          detection,
          decision: ALLOW,
          ...evidenceOf(entry, ledger),
        },
      ],
    });
  }

  #detection({ instrumentation, attributes, spans, call }: Leak, session: Session): Detection {
    const atMs = this.#options.nowMs();
    const matched = { instrumentation, attributes: attributes.join(', '), spans: String(spans) };
    const step = {
      call: (call?.id ?? '') as CallId,
      seq: 0,
      atMs,
      server: call?.server ?? '',
      tool: call?.tool ?? '',
      step: 'A span with content',
      matched,
    };
    return {
      rule: LEAKING_INSTRUMENTATION,
      seq: 0,
      atMs,
      session: session.id,
      path: call === undefined ? [] : [step],
      group: { instrumentation },
      response: 'alert',
      everywhere: true,
    };
  }
}

/** Undefined where the ledger cannot take it; the alert is raised all the same. */
function appended(
  ledger: Pick<Ledger, 'append'>,
  session: Session,
  { rule, group }: Detection,
): Appended | undefined {
  try {
    const detail = { rule: rule.id, ...group };
    return ledger.append({ kind: 'alert', session: session.id, detail });
  } catch {
    return undefined;
  }
}

function remember(map: Map<string, KnownCall>, key: string, call: KnownCall): void {
  if (map.size >= LIMITS.foreignSpansKnownMax) dropOldest(map);
  map.set(key, call);
}

function dropOldest(map: Map<string, unknown>): void {
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}

/** What a sensor would have said of itself. */
const helloOf = (agent: string, server: string, transport: ForeignTold['transport']): Hello => ({
  op: 'hello',
  id: 0,
  protocol: 1,
  token: '',
  sensor: { id: '', kind: 'wrapper', version: '' },
  server: { name: server, transport },
  host: { process: { pid: 0, start: '' }, name: agent, ancestors: [], uid: -1 },
});

import {
  type CallId,
  type Cause,
  LIMITS,
  type Observation,
  type Principal,
  type Random,
  type RemoteSpan,
  type SpanId,
  systemRandom,
  type ToolRef,
  type TraceId,
} from '@spoor/core';
import { hostToolLabels } from '@spoor/detect';
import type { Hello, Sensed } from '@spoor/edge';
import { newSalt } from './blind.ts';
import type { Definitions } from './definitions.ts';
import type { Session, Sessions } from './sessions.ts';

/** One sensor's connection, as the decision thread sees it. */
export interface Connection {
  /** Enrolled machine that it comes from, where that is not the hub's own. */
  readonly node?: string;
  readonly hello: Hello;
  readonly session: Session;
  readonly principal: Principal;
  /** Calls open on this connection. */
  readonly open: Set<CallId>;
  /** Calls open on the server that this sensor runs under, if it runs under one. */
  readonly around?: ReadonlySet<CallId>;
}

/** Stamps order and time, adds what the hub knows of session, principal, tool and cause. */
export class Admission {
  readonly #definitions: Definitions;
  readonly #sessions: Sessions;
  readonly #random: Random;
  #seq: number;

  constructor(
    definitions: Definitions,
    sessions: Sessions,
    lastSeq: number,
    random: Random = systemRandom,
  ) {
    this.#random = random;
    this.#definitions = definitions;
    this.#sessions = sessions;
    this.#seq = lastSeq;
  }

  /** Place of the newest observation. */
  get lastSeq(): number {
    return this.#seq;
  }

  admit(
    connection: Connection,
    sensed: Sensed,
    nowMs: number,
    principal: Principal = connection.principal,
  ): Observation {
    const { hello, session, node } = connection;
    this.#sessions.touch(session, nowMs, sensed.kind === 'intent');
    if (sensed.cluster !== undefined) {
      session.intent = sensed.cluster;
      session.embedding = undefined;
    }
    const { name, transport } = hello.server;
    const endMs = sensed.endMs === undefined ? undefined : clamp(sensed.endMs, nowMs);
    return {
      id: sensed.id as CallId,
      seq: ++this.#seq,
      kind: sensed.kind,
      time: {
        startMs: clamp(sensed.startMs, nowMs),
        ...(endMs === undefined ? {} : { endMs }),
        hubMs: nowMs,
      },
      ...(node === undefined ? {} : { node }),
      server: { name, transport },
      ...(sensed.tool === undefined ? {} : { tool: this.#tool(hello, sensed.tool) }),
      ...(sensed.resource === undefined ? {} : { resource: sensed.resource }),
      ...(sensed.prompt === undefined ? {} : { prompt: sensed.prompt }),
      method: sensed.method,
      ...(sensed.requestId === undefined ? {} : { requestId: sensed.requestId }),
      era: sensed.era,
      ...(sensed.protocolVersion === undefined ? {} : { protocolVersion: sensed.protocolVersion }),
      principal,
      session: { id: session.id, episode: session.episode },
      trace: traceOf(sensed, session),
      cause: causeOf(connection, sensed.cause),
      ...intentOf(session),
      facts: {
        ...(sensed.request === undefined ? {} : { request: sensed.request }),
        ...(sensed.result === undefined ? {} : { result: sensed.result }),
        flows: [],
      },
      salt: newSalt(this.#random),
      ...(sensed.masked === undefined ? {} : { masked: sensed.masked }),
      outcome: sensed.outcome,
      ...(sensed.errorType === undefined ? {} : { errorType: sensed.errorType }),
      covered: sensed.decidedAlone === undefined,
    };
  }

  /** The same call at a new place in the order: an answer to it came. */
  again(observation: Observation, nowMs: number): Observation {
    const { decision: _, ...rest } = observation;
    return { ...rest, seq: ++this.#seq, time: { ...rest.time, hubMs: nowMs } };
  }

  #tool({ sensor, server: { name: server } }: Hello, name: string): ToolRef {
    // No server defines the tools that hosts bring with them.
    const otherwise = sensor.kind === 'hook' ? hostToolLabels(name) : [];
    const definition = this.#definitions.definition(server, name)?.digest;
    return {
      name,
      labels: this.#definitions.labels(server, name, otherwise),
      ...(definition === undefined ? {} : { definition }),
      ...(this.#definitions.isBlocked(server, name) ? { blocked: true } : {}),
    };
  }
}

/** A sensor's clock is not believed beyond a skew: windows are in event time. */
const clamp = (ms: number, nowMs: number): number =>
  Math.min(Math.max(ms, nowMs - LIMITS.clockSkewMaxMs), nowMs + LIMITS.clockSkewMaxMs);

function traceOf(sensed: Sensed, session: Session): Observation['trace'] {
  const { traceparent, span, link, given, sampledHint, refused } = sensed;
  return {
    trace: (traceparent?.trace as TraceId | undefined) ?? session.trace,
    span: span as SpanId,
    parent: (traceparent?.parent as SpanId | undefined) ?? session.root,
    parentOf: traceparent === undefined ? 'episode' : 'client',
    ...(link === undefined ? {} : { link: remoteSpan(link) }),
    ...(given === undefined ? {} : { given: remoteSpan(given) }),
    ...(sampledHint === undefined ? {} : { sampledHint }),
    ...(refused === undefined ? {} : { refused }),
    sampled: { keep: true, reason: 'base' },
  };
}

const remoteSpan = ({ trace, parent }: NonNullable<Sensed['link']>): RemoteSpan => ({
  trace: trace as TraceId,
  span: parent as SpanId,
});

function causeOf({ around, session }: Connection, stated: Cause): Cause {
  if (stated.kind !== 'unknown') return stated;
  if (around !== undefined) {
    const [only] = around;
    const parent = around.size === 1 && only !== undefined ? { parent: only } : {};
    return { kind: 'tool', ...parent, evidence: 'containment' };
  }
  return session.intent === undefined ? stated : { kind: 'user', evidence: 'intent' };
}

function intentOf({ intent, embedding }: Session): Pick<Observation, 'intent'> {
  if (intent === undefined) return {};
  const known = embedding === undefined ? {} : { embedding };
  return { intent: { cluster: intent, covers: 'unknown', ...known } };
}

import {
  type CallId,
  LIMITS,
  newSessionId,
  newSpanId,
  newTraceId,
  type Random,
  type SessionId,
  type SpanId,
  type TraceId,
} from '@spoor/core';
import type { HostInfo, ProcessId, ServerInfo } from '@spoor/edge';

/**
 * Our sessions: MCP has none since 2026-07-28. One host process is one session, whatever servers it
 * talks to.
 */
export interface Session {
  readonly id: SessionId;
  /** Key of the host process, or what a sensor stated in its place. */
  readonly host: string;
  /** Digest of the host's own session, where hooks have said it. */
  hostSession?: string;
  readonly agent: string;
  episode: number;
  /** One trace for one episode, where the client brings none. */
  trace: TraceId;
  root: SpanId;
  lastMs: number;
  /** Cluster of the newest prompt. */
  intent?: string;
  /** Cluster of its embedding, once that has come. */
  embedding?: string | undefined;
  /** What of it was handed to the store, and when. */
  saved?: {
    readonly episode: number;
    readonly intent: string | undefined;
    readonly lastMs: number;
  };
}

/** What outlives a restart of the hub. */
export interface SessionBinding {
  readonly host: string;
  readonly hostSession?: string;
  readonly id: string;
  readonly agent: string;
  readonly episode: number;
  readonly trace: string;
  readonly root: string;
  readonly lastMs: number;
  readonly intent?: string;
  readonly embedding?: string | undefined;
}

/** A call that is open on one connection: what runs below its server's process is nested in it. */
interface OpenServer {
  readonly session: Session;
  readonly calls: Set<CallId>;
}

const ACTIVITY_EVERY_MS = 60_000;
/** An active session goes to the end of the line this often. */
const MOVE_EVERY_MS = 60_000;

const keyOf = ({ pid, start }: ProcessId): string => `${pid}.${start}`;

export class Sessions {
  readonly #random: Random;
  readonly #sessionsMax: number;
  /** Roughly in the order of their last activity. */
  readonly #byHost = new Map<string, Session>();
  readonly #movedMs = new WeakMap<Session, number>();
  readonly #byHostSession = new Map<string, Session>();
  readonly #embedding = new Map<
    string,
    { readonly session: Session; readonly intent: string | undefined }
  >();
  readonly #servers = new Map<string, OpenServer>();
  /** Servers that a sensor stands before, by session: how many of that name. */
  readonly #fronted = new Map<string, number>();

  /** @param sessionsMax Beyond it the longest silent session is forgotten; the store keeps it. */
  constructor(
    random: Random,
    bindings: readonly SessionBinding[],
    sessionsMax: number = LIMITS.sessionsMax,
  ) {
    this.#random = random;
    this.#sessionsMax = sessionsMax;
    const inOrder = [...bindings].sort((a, b) => a.lastMs - b.lastMs);
    for (const { host, id, trace, root, ...rest } of inOrder) {
      const session = {
        ...rest,
        host,
        id: id as SessionId,
        trace: trace as TraceId,
        root: root as SpanId,
      };
      this.#byHost.set(host, session);
      this.#movedMs.set(session, session.lastMs);
      if (session.hostSession !== undefined) this.#byHostSession.set(session.hostSession, session);
    }
  }

  get size(): number {
    return this.#byHost.size;
  }

  /**
   * The session that a connection belongs to: that of the wrapped server it runs under, if any,
   * else the one that its sensor states, else its host's, else that of the host's own session in an
   * earlier process. Fingerprints are keyed by session, so what one process does stays in one.
   */
  resolve(
    host: HostInfo,
    nowMs: number,
    stated?: string,
    hostSession?: string,
  ): { readonly session: Session; readonly parent?: OpenServer } {
    const parent = host.ancestors
      .map((ancestor) => this.#servers.get(keyOf(ancestor)))
      .find((server) => server !== undefined);
    if (parent !== undefined) return { session: parent.session, parent };
    const key = stated ?? keyOf(host.process);
    const known =
      this.#byHost.get(key) ??
      (hostSession === undefined ? undefined : this.#byHostSession.get(hostSession));
    if (known !== undefined) {
      this.#byHost.set(key, known);
      this.#bind(known, hostSession);
      return { session: known };
    }
    const session = this.#sessionOf(key, host.name, nowMs);
    this.#bind(session, hostSession);
    return { session };
  }

  /** The session of a trace that others tell of: what has one root is one session. */
  ofTrace(trace: TraceId, agent: string, nowMs: number): Session {
    return this.#sessionOf(`trace.${trace}`, agent, nowMs, trace);
  }

  #bind(session: Session, hostSession: string | undefined): void {
    if (hostSession === undefined || session.hostSession !== undefined) return;
    session.hostSession = hostSession;
    this.#byHostSession.set(hostSession, session);
  }

  /** The embedding of this prompt is on its way; only that of the newest one is of use. */
  embedding(session: Session, call: string): void {
    const [oldest] = this.#embedding.keys();
    if (this.#embedding.size >= LIMITS.embeddingsWaitingMax && oldest !== undefined)
      this.#embedding.delete(oldest);
    this.#embedding.set(call, { session, intent: session.intent });
  }

  embedded(call: string, cluster: string): void {
    const found = this.#embedding.get(call);
    this.#embedding.delete(call);
    if (found !== undefined && found.session.intent === found.intent)
      found.session.embedding = cluster;
  }

  /** Notes that a sensor stands before a server of that name; undo with the function returned. */
  front(session: Session, server: string): () => void {
    const key = frontKey(session, server);
    this.#fronted.set(key, (this.#fronted.get(key) ?? 0) + 1);
    return () => {
      const left = (this.#fronted.get(key) ?? 1) - 1;
      if (left > 0) this.#fronted.set(key, left);
      else this.#fronted.delete(key);
    };
  }

  isFronted(session: Session, server: string): boolean {
    return this.#fronted.has(frontKey(session, server));
  }

  /** Registers a wrapped server's process; undo with the function returned. */
  serve(
    server: ServerInfo,
    session: Session,
  ): { readonly open: Set<CallId>; readonly leave: () => void } {
    const calls = new Set<CallId>();
    if (server.process === undefined) return { open: calls, leave: () => undefined };
    const key = keyOf(server.process);
    const served = { session, calls };
    this.#servers.set(key, served);
    const leave = (): void => {
      // A sensor that came back has registered anew before its old connection was seen to close.
      if (this.#servers.get(key) === served) this.#servers.delete(key);
    };
    return { open: calls, leave };
  }

  /**
   * Notes activity; returns true when a new episode starts, after an idle gap or with a new prompt.
   */
  touch(session: Session, nowMs: number, newIntent: boolean): boolean {
    const idle = nowMs - session.lastMs > LIMITS.episodeIdleMs;
    const restarts = idle || (newIntent && session.intent !== undefined);
    session.lastMs = Math.max(session.lastMs, nowMs);
    if (nowMs - this.#moved(session) > MOVE_EVERY_MS) this.#moveToEnd(session, nowMs);
    if (!restarts) return false;
    session.episode += 1;
    session.trace = newTraceId(this.#random);
    session.root = newSpanId(this.#random);
    return true;
  }

  /**
   * What the store should know of a session, if it is news; activity alone is told once a minute.
   */
  changed(session: Session): SessionBinding | undefined {
    const before = session.saved;
    const same = before?.episode === session.episode && before.intent === session.intent;
    if (same && session.lastMs - before.lastMs < ACTIVITY_EVERY_MS) return undefined;
    const { saved: _, ...binding } = session;
    session.saved = { episode: session.episode, intent: session.intent, lastMs: session.lastMs };
    return binding;
  }

  /** By what its sensors are known: a session that begins from there later is of the same host. */
  hostsOf(id: string): readonly string[] {
    const keys = [...this.#byHost, ...this.#byHostSession];
    return keys.filter(([, session]) => session.id === id).map(([key]) => key);
  }

  /** Its host gets a new one: the keys and the content of this one are gone. */
  forget(id: string): void {
    for (const map of [this.#byHost, this.#byHostSession])
      for (const [key, session] of map) if (session.id === id) map.delete(key);
    for (const [call, { session }] of this.#embedding)
      if (session.id === id) this.#embedding.delete(call);
    for (const [key, { session }] of this.#servers)
      if (session.id === id) this.#servers.delete(key);
  }

  /** The prompt of a session was shredded. */
  forgetIntent(id: string): void {
    for (const session of this.#byHost.values()) {
      if (session.id !== id) continue;
      delete session.intent;
      delete session.embedding;
    }
  }

  #sessionOf(
    key: string,
    agent: string,
    nowMs: number,
    trace: TraceId = newTraceId(this.#random),
  ): Session {
    const known = this.#byHost.get(key);
    if (known !== undefined) return known;
    if (this.#byHost.size >= this.#sessionsMax) this.#dropIdlest();
    const session: Session = {
      id: newSessionId(nowMs, this.#random),
      host: key,
      agent,
      episode: 1,
      trace,
      root: newSpanId(this.#random),
      lastMs: nowMs,
    };
    this.#byHost.set(key, session);
    this.#movedMs.set(session, nowMs);
    return session;
  }

  #moved(session: Session): number {
    return this.#movedMs.get(session) ?? 0;
  }

  #moveToEnd(session: Session, nowMs: number): void {
    if (this.#byHost.get(session.host) !== session) return;
    this.#byHost.delete(session.host);
    this.#byHost.set(session.host, session);
    this.#movedMs.set(session, nowMs);
  }

  /**
   * The session that has been silent longest makes room; its host gets a new one if it comes back.
   */
  #dropIdlest(): void {
    let idlest: [string, Session] | undefined;
    for (const entry of this.#byHost) {
      const [key, session] = entry;
      // It was active since the idlest one, and so were all behind it; other keys never move.
      const since = key === session.host ? this.#moved(session) : 0;
      if (idlest !== undefined && since > idlest[1].lastMs) break;
      if (idlest === undefined || session.lastMs < idlest[1].lastMs) idlest = entry;
    }
    if (idlest === undefined) return;
    this.#byHost.delete(idlest[0]);
    if (idlest[1].hostSession !== undefined) this.#byHostSession.delete(idlest[1].hostSession);
  }
}

/** Hosts write names of servers with fewer characters than their owners do. */
const frontKey = ({ id }: Session, server: string): string =>
  `${id}\n${server.replace(/[^A-Za-z0-9]+/g, '_').toLowerCase()}`;

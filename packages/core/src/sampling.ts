import type { TraceId } from './ids.ts';
import { hasAny, SENSITIVE_LABELS } from './labels.ts';
import { LIMITS } from './limits.ts';
import type { Observation, Sampling, SamplingReason } from './observation.ts';

/**
 * Sampling decides which spans are exported; ledger and detection never ask it. Ordinary spans are
 * kept at a base rate, what matters to security always, and with it its whole session: from the
 * first detection on, and before it as far as it is still held.
 */

/** Why one span is kept whatever the rate; the first two keep their session too. */
export type AlwaysReason = Extract<
  SamplingReason,
  'denial' | 'detection' | 'error' | 'auth-failure' | 'unverified-sensitive'
>;

const KEEPS_SESSION: ReadonlySet<SamplingReason> = new Set<SamplingReason>(['denial', 'detection']);

/** Coded reasons of a failed authentication or authorization, as sensors state them. */
const AUTH_FAILURES: ReadonlySet<string> = new Set([
  '401',
  '403',
  'auth_failed',
  'forbidden',
  'unauthenticated',
  'unauthorized',
]);

/** What of an observation the reasons rest on; a finished span can say it too. */
export interface Telling {
  readonly decision?: Pick<NonNullable<Observation['decision']>, 'wanted' | 'action' | 'rule'>;
  readonly errorType?: string;
  readonly outcome: Observation['outcome'];
  readonly principal: Pick<Observation['principal'], 'level'>;
  readonly tool?: Pick<NonNullable<Observation['tool']>, 'labels'>;
}

/** @param detections How many rules matched on it. */
export function alwaysReason(
  { decision, errorType, outcome, principal, tool }: Telling,
  detections: number,
): AlwaysReason | undefined {
  if (decision?.wanted === 'deny' || decision?.action === 'deny' || outcome === 'denied')
    return 'denial';
  if (detections > 0 || (decision !== undefined && decision.rule !== '')) return 'detection';
  if (errorType !== undefined && AUTH_FAILURES.has(errorType)) return 'auth-failure';
  if (outcome !== 'ok' && outcome !== 'input_required' && outcome !== 'pending') return 'error';
  const proved = principal.level === 'verified' || principal.level === 'attested';
  return !proved && hasAny(tool?.labels ?? [], SENSITIVE_LABELS)
    ? 'unverified-sensitive'
    : undefined;
}

/**
 * The same answer for all spans of a trace, anywhere: the last 56 bits of the trace id against a
 * threshold, as OpenTelemetry's consistent probability sampling has it. `rate` from 0 to 1.
 */
export function baseSampler(rate: number): (trace: TraceId) => boolean {
  if (!(rate > 0)) return () => false;
  if (rate >= 1) return () => true;
  const least = Math.round((1 - rate) * 2 ** 56);
  if (least >= 2 ** 56) return () => false;
  const threshold = least.toString(16).padStart(RANDOM_HEX_DIGITS, '0');
  // Equal lengths, so the order of the texts is the order of the numbers.
  return (trace) => trace.slice(-RANDOM_HEX_DIGITS) >= threshold;
}

const RANDOM_HEX_DIGITS = 14;

export interface Offer<Item> {
  readonly session: string;
  readonly trace: TraceId;
  readonly item: Item;
  readonly always?: AlwaysReason | undefined;
  /** Flag of a peer that is trusted for it. */
  readonly sampledHint?: boolean | undefined;
}

export interface Sampled<Item> {
  readonly sampling: Sampling;
  /** Held items of the session that are kept now, oldest first; their reason is `past`. */
  readonly past: readonly Item[];
}

export interface SamplerLimits {
  readonly heldPerSession: number;
  readonly held: number;
  readonly keptSessions: number;
}

const DEFAULTS: SamplerLimits = {
  heldPerSession: LIMITS.samplingHeldPerSessionMax,
  held: LIMITS.samplingHeldMax,
  keptSessions: LIMITS.samplingKeptSessionsMax,
};

/** What the limits cost. */
export interface SamplerCounts {
  /** Held items let go before a detection could keep them. */
  evicted: number;
  /** Sessions kept in full whose mark was forgotten. */
  forgotten: number;
}

/**
 * Decides over finished items, in the order in which they finished. What it holds should be small:
 * spans, not observations.
 */
export class SessionSampler<Item> {
  readonly counts: SamplerCounts = { evicted: 0, forgotten: 0 };
  readonly #base: (trace: TraceId) => boolean;
  readonly #limits: SamplerLimits;
  readonly #held: Held<Item>;
  /** Least recently used first. */
  readonly #kept = new Set<string>();

  constructor(rate: number, limits: Partial<SamplerLimits> = {}) {
    this.#base = baseSampler(rate);
    this.#limits = { ...DEFAULTS, ...limits };
    this.#held = new Held(this.#limits, this.counts);
  }

  /** Items that wait for a detection. */
  get held(): number {
    return this.#held.size;
  }

  offer({ session, trace, item, always, sampledHint }: Offer<Item>): Sampled<Item> {
    if (always !== undefined) {
      const past = KEEPS_SESSION.has(always) ? this.keepSession(session) : NONE;
      return { sampling: { keep: true, reason: always }, past };
    }
    if (this.#touch(session)) return { sampling: { keep: true, reason: 'session' }, past: NONE };
    const reason = sampledHint === undefined ? 'base' : 'peer';
    const keep = sampledHint ?? this.#base(trace);
    if (!keep) this.#held.add(session, item);
    return { sampling: { keep, reason }, past: NONE };
  }

  /** From now on all of the session is kept; returns what was held of it. */
  keepSession(session: string): readonly Item[] {
    if (!this.#touch(session)) {
      this.#kept.add(session);
      if (this.#kept.size > this.#limits.keptSessions) this.#forgetOldest();
    }
    return this.#held.take(session);
  }

  /** The session has ended: nothing can happen in it any more. */
  end(session: string): void {
    this.#kept.delete(session);
    this.#held.take(session);
  }

  #touch(session: string): boolean {
    if (!this.#kept.delete(session)) return false;
    this.#kept.add(session);
    return true;
  }

  #forgetOldest(): void {
    const [oldest] = this.#kept;
    if (oldest === undefined) return;
    this.#kept.delete(oldest);
    this.counts.forgotten += 1;
  }
}

const NONE: readonly never[] = [];

/**
 * What is held, by session. Where all sessions together hold too much, the one that holds most
 * pays: nobody's noise pushes out the past of a session that is quieter than itself, and no session
 * is cut below its equal share.
 */
class Held<Item> {
  readonly #sessions = new Map<string, Item[]>();
  /** Sessions by how many items they hold, longest idle first. */
  readonly #bySize: Set<string>[] = [];
  readonly #limits: SamplerLimits;
  readonly #counts: SamplerCounts;
  #fullest = 0;
  size = 0;

  constructor(limits: SamplerLimits, counts: SamplerCounts) {
    this.#limits = limits;
    this.#counts = counts;
  }

  add(session: string, item: Item): void {
    const items = this.#sessions.get(session) ?? [];
    this.#sessions.set(session, items);
    items.push(item);
    this.#resized(session, items.length - 1, items.length);
    if (items.length > this.#limits.heldPerSession) this.#evict(session, items);
    if (this.size > this.#limits.held) this.#evictFromFullest();
  }

  take(session: string): readonly Item[] {
    const items = this.#sessions.get(session) ?? NONE;
    if (items.length > 0) this.#resized(session, items.length, 0);
    return items;
  }

  #evictFromFullest(): void {
    while ((this.#bySize[this.#fullest]?.size ?? 0) === 0 && this.#fullest > 0) this.#fullest -= 1;
    const [session] = this.#bySize[this.#fullest] ?? [];
    const items = session === undefined ? undefined : this.#sessions.get(session);
    if (session !== undefined && items !== undefined) this.#evict(session, items);
  }

  #evict(session: string, items: Item[]): void {
    items.shift();
    this.#resized(session, items.length + 1, items.length);
    this.#counts.evicted += 1;
  }

  #resized(session: string, before: number, after: number): void {
    this.size += after - before;
    this.#bySize[before]?.delete(session);
    if (after === 0) {
      this.#sessions.delete(session);
      return;
    }
    this.#bySize[after] = (this.#bySize[after] ?? new Set()).add(session);
    this.#fullest = Math.max(this.#fullest, after);
  }
}

import {
  type CaseId,
  CodedError,
  type Detection,
  type HistoryView,
  LIMITS,
  OBSERVE,
  type Observation,
  type ReplayDifference,
  type ReplayedRule,
  type ReplayHit,
  type ReplayView,
} from '@spoor/core';
import { createDetector, type Detector } from '../engine/detector.ts';
import type { RuleSet } from '../rules/types.ts';
import { Coverage } from './coverage.ts';
import { type Funnels, withFunnels } from './funnel.ts';

export interface HistoryOptions {
  readonly rules: RuleSet;
  /** Another version of them, to compare with. */
  readonly against?: RuleSet;
  /** What comes before is taken in, and neither counted nor told. */
  readonly fromMs?: number;
  /** Sessions that are known to have begun before there was anything to take in. */
  readonly began?: (session: string) => boolean;
}

const NO_CASE = 'c-0000000000' as CaseId;

/**
 * Steps recorded observations through rules, in their order, and says what these find, how far
 * sessions came, and how much there was to look at. What was denied then is asked of the rules
 * again, and has not happened.
 */
export class History {
  readonly #options: HistoryOptions;
  readonly #now: Side;
  readonly #before: Side | undefined;
  readonly #coverage: Coverage;
  readonly #sessions = new Set<string>();
  readonly #cut = new Set<string>();
  #counts = { observations: 0, shredded: 0 };
  #firstMs: number | undefined;
  #lastMs: number | undefined;

  constructor(options: HistoryOptions) {
    this.#options = options;
    this.#now = new Side(options.rules);
    this.#before = options.against === undefined ? undefined : new Side(options.against);
    this.#coverage = new Coverage(options.rules, ({ session }) => this.#cut.has(session.id));
  }

  take(observation: Observation): void {
    const { fromMs = Number.NEGATIVE_INFINITY, began } = this.#options;
    const atMs = observation.time.hubMs || observation.time.startMs;
    const counts = atMs >= fromMs;
    this.#now.take(observation, counts);
    this.#before?.take(observation, counts);
    if (!counts) return;
    const session = observation.session.id;
    if (!this.#sessions.has(session) && began?.(session) === true) this.#cut.add(session);
    this.#sessions.add(session);
    this.#counts.observations++;
    if (observation.shreddedMs !== undefined) this.#counts.shredded++;
    this.#firstMs = Math.min(this.#firstMs ?? atMs, atMs);
    this.#lastMs = Math.max(this.#lastMs ?? atMs, atMs);
    this.#coverage.take(observation);
  }

  /** @param rest what only the caller knows of what it has read */
  view(rest: Pick<HistoryView, 'complete' | 'unreadable'>): ReplayView {
    const history: HistoryView = {
      ...this.#counts,
      sessions: this.#sessions.size,
      ...(this.#firstMs === undefined ? {} : { fromMs: this.#firstMs }),
      ...(this.#lastMs === undefined ? {} : { toMs: this.#lastMs }),
      cutSessions: this.#cut.size,
      ...rest,
    };
    const rules = this.#now.rules((id) => this.#coverage.notCovered(id));
    const before = this.#before;
    return {
      history,
      rules,
      ...(before === undefined ? {} : { differences: differences(this.#now, before) }),
    };
  }
}

type NotCovered = (rule: string) => ReplayedRule['notCovered'];

/** One version of the rules. */
class Side {
  readonly found = new Map<string, Found>();
  readonly #set: RuleSet;
  readonly #funnels: Funnels;
  readonly #detector: Detector;
  #compared = 0;

  constructor(set: RuleSet) {
    this.#set = set;
    this.#funnels = withFunnels(set);
    const { rules } = this.#funnels;
    this.#detector = createDetector({ rules, policy: OBSERVE, newCase: () => NO_CASE });
    for (const { ref, silent } of rules.rules)
      if (silent !== true) this.found.set(ref.id, { sessions: new Set(), seqs: [], newest: [] });
  }

  take(observation: Observation, counts: boolean): void {
    const { outcome, decision: _, ...rest } = observation;
    const asked: Observation = { ...rest, outcome: 'pending' };
    const again = outcome === 'denied' ? this.#detector.step(asked, { stop: NO_CASE }) : undefined;
    const step = this.#detector.step(observation, { allowOnce: true });
    if (!counts) return;
    for (const one of again?.detections ?? []) this.#note(one, observation);
    for (const one of step.detections) this.#note(one, observation);
  }

  rules(notCovered: NotCovered): readonly ReplayedRule[] {
    return this.#set.rules
      .filter(({ silent }) => silent !== true)
      .map(({ ref }) => {
        const { sessions, seqs, newest } = this.found.get(ref.id) ?? NOTHING;
        const missing = notCovered(ref.id);
        return {
          id: ref.id,
          title: ref.title,
          level: ref.level,
          coverage: coverageOf(missing, seqs.length),
          notCovered: missing,
          hits: seqs.length,
          hitSessions: sessions.size,
          funnel: this.#funnelOf(ref.id, sessions.size),
          newest,
        };
      });
  }

  #funnelOf(rule: string, last: number): ReplayedRule['funnel'] {
    const steps = [...this.#funnels.parts].flatMap(([id, part]) =>
      part.rule === rule
        ? [{ step: part.step, sessions: this.found.get(id)?.sessions.size ?? 0 }]
        : [],
    );
    return steps.length === 0 ? [] : [...steps, { step: 'fires', sessions: last }];
  }

  #note({ rule, seq, atMs, session, path }: Detection, { id }: Observation): void {
    const found = this.found.get(rule.id);
    if (found === undefined) return;
    found.sessions.add(session);
    if (this.#funnels.parts.has(rule.id)) return;
    if (++this.#compared > LIMITS.replayComparedMax) throw new CodedError('REPLAY_TOO_MANY_HITS');
    found.seqs.push(seq);
    const steps = path.map(({ server, tool }) => `${server}/${tool}`);
    found.newest.push({ seq, atMs, session, call: id, path: steps });
    if (found.newest.length > LIMITS.replayHitsMax) found.newest.shift();
  }
}

interface Found {
  readonly sessions: Set<string>;
  /** Of the hits, in order. */
  readonly seqs: number[];
  readonly newest: ReplayHit[];
}

const NOTHING: Found = { sessions: new Set(), seqs: [], newest: [] };

function coverageOf(missing: ReplayedRule['notCovered'], hits: number): ReplayedRule['coverage'] {
  if (missing.length === 0) return 'full';
  return hits === 0 && missing.some(({ answered }) => answered === 0) ? 'none' : 'partly';
}

function differences({ found: now }: Side, { found: before }: Side): readonly ReplayDifference[] {
  const ids = new Set([...now.keys(), ...before.keys()].filter((id) => !id.includes('#')));
  return [...ids].map((id) => {
    const [a, b] = [now.get(id), before.get(id)];
    const [seqs, others] = [new Set(a?.seqs), new Set(b?.seqs)];
    const both = [...seqs].filter((seq) => others.has(seq)).length;
    const only = a === undefined ? 'before' : b === undefined ? 'now' : undefined;
    return {
      id,
      ...(only === undefined ? {} : { only }),
      both,
      foundCount: seqs.size - both,
      lostCount: others.size - both,
      found: (a ?? NOTHING).newest.filter(({ seq }) => !others.has(seq)),
      lost: (b ?? NOTHING).newest.filter(({ seq }) => !seqs.has(seq)),
    };
  });
}

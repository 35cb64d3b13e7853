import {
  assert,
  type CallId,
  type CaseId,
  type Decision,
  type Detection,
  LIMITS,
  type Mode,
  type Observation,
  type Policy,
  type SessionId,
  whoOf,
} from '@spoor/core';
import { type Norms, normsOf } from '../baseline/norms.ts';
import type { Evaluation, Matched, Rule, RuleSet } from '../rules/types.ts';
import { Candidates } from './candidates.ts';
import { type Advanced, Correlations, spanMaxOf } from './correlations.ts';
import { type Consent, decide, type Fired } from './decide.ts';
import { Ended } from './ended.ts';
import { Groups } from './groups.ts';
import { Sessions } from './sessions.ts';
import { type Memory, readSnapshot, writeSnapshot } from './snapshot.ts';
import { type Hit, type OpenCall, timeOf } from './states.ts';

export interface DetectorOptions {
  readonly rules: RuleSet;
  readonly policy: Policy;
  /** Makes the id of a case, when a rule wants anything but to allow. */
  readonly newCase: () => CaseId;
  readonly limits?: Partial<DetectorLimits>;
  /** What is usual; without it, calls keep what is recorded of that. */
  readonly norms?: Norms;
}

export interface DetectorLimits {
  readonly ruleGroupsMax: number;
  readonly openCallsMax: number;
}

export interface Step {
  /** With flows and what the intent says of it. */
  readonly observation: Observation;
  readonly detections: readonly Detection[];
  readonly decision: Decision;
}

export interface DetectorStats {
  readonly sessions: number;
  readonly atoms: number;
  readonly groups: number;
  readonly openCalls: number;
  /** Fingerprints that limits took away. */
  readonly atomsDropped: number;
  /** Groups whose state limits took away: chains through them may be missed. */
  readonly groupsEvicted: number;
  readonly openCallsDropped: number;
  /** Told of again: they changed nothing. */
  readonly duplicates: number;
}

export interface StepOptions extends Consent {
  readonly mode?: Mode;
  /** Id of the owner's exception that lets this call pass that rule. */
  readonly exceptionOf?:
    | ((rule: string, observation: Observation) => string | undefined)
    | undefined;
}

export interface Detector {
  /**
   * Takes the next observation, in the hub's order. A call comes twice: `pending` when asked for,
   * then ended. With `allowOnce` a person has allowed this very call: it goes on whatever the rules
   * want; with `approved`, where they ask. `mode` is the mode of this one connection, over the
   * policy.
   */
  step(observation: Observation, options?: StepOptions): Step;
  setPolicy(policy: Policy): void;
  /** Forgets a session, since its content was shredded: values, and what rules know of it. */
  forget(session: SessionId): void;
  stats(): DetectorStats;
  /** Grows with every step: what was begun to be written while it was the same is one state. */
  readonly version: number;
  /**
   * The whole state as lines of text; with the same rules, a new detector that restores it goes on
   * as this one would. Read it within one `version`.
   */
  snapshot(): Iterable<string>;
  /**
   * Throws where these are no lines of a snapshot.
   *
   * @param known What was seen in other sessions stays forgotten; all are known without it.
   */
  restore(snapshot: Iterable<string>, known?: ReadonlySet<SessionId>): void;
}

export function createDetector(options: DetectorOptions): Detector {
  return new Engine(options);
}

class Engine implements Detector {
  readonly #rules: RuleSet;
  readonly #limits: DetectorLimits;
  readonly #newCase: () => CaseId;
  readonly #candidates: Candidates;
  readonly #correlations: Correlations;
  readonly #groups: Groups;
  readonly #sessions = new Sessions();
  readonly #open = new Map<CallId, OpenCall>();
  readonly #answers: Answers;
  readonly #norms: Norms | undefined;
  #policy: Policy;
  #openDropped = 0;
  readonly #ended = new Ended();
  #duplicates = 0;
  readonly #lastMatched: Matched[] = [];
  version = 0;

  constructor({ rules, policy, newCase, limits, norms }: DetectorOptions) {
    this.#rules = rules;
    this.#norms = norms;
    this.#policy = policy;
    this.#newCase = newCase;
    this.#limits = {
      ruleGroupsMax: limits?.ruleGroupsMax ?? LIMITS.ruleGroupsMax,
      openCallsMax: limits?.openCallsMax ?? LIMITS.openCallsMax,
    };
    this.#candidates = new Candidates(rules.predicates);
    this.#correlations = new Correlations(rules);
    this.#groups = new Groups(this.#limits.ruleGroupsMax, spanMaxOf(rules));
    this.#answers = new Answers(rules.tests);
  }

  step(raw: Observation, options?: StepOptions): Step {
    this.version++;
    const open = this.#open.get(raw.id);
    const observation = this.#enrich(raw, open);
    const hits = this.#match(observation, open);
    const leaves = hits.size > 0 || this.#norms !== undefined || leavesWords(raw);
    if (leaves && open === undefined && this.#isAgain(raw)) return this.#again(raw);
    const fired: (Fired & { readonly detection: Detection })[] = [];
    const correlated = this.#correlations.advance(hits, observation, this.#groups, open?.matched);
    for (const { rule, path, group } of correlated.found) {
      if (!path || rule.silent === true) continue;
      const exception = options?.exceptionOf?.(rule.ref.id, observation);
      const detection = this.#detection(rule, path, group, observation);
      const excepted = exception === undefined ? detection : { ...detection, exception };
      fired.push({ rule, exception, detection: excepted });
    }
    const decision = decide(
      observation,
      fired,
      policyOf(this.#policy, observation, options?.mode),
      this.#newCase,
      options ?? {},
    );
    const goesOn = decision.action === 'allow' || decision.action === 'modify';
    if (observation.outcome === 'denied') {
      // Only rules about denials see it: for them it is what happened.
      this.#correlations.commit(correlated, observation, this.#groups);
      this.#open.delete(observation.id);
    } else if (goesOn) {
      this.#commit(observation, hits, correlated, open);
      // What its owner has excepted is usual.
      const suspect = fired.some(({ exception }) => exception === undefined);
      this.#norms?.take(observation, { first: open === undefined, suspect });
    } else this.#open.delete(observation.id);
    const detections = fired.length === 0 ? NONE : fired.map(({ detection }) => detection);
    return { observation, detections, decision };
  }

  /** Whoever asks for a decision gets one, also under an id that was there before. */
  #isAgain({ id, outcome, covered }: Observation): boolean {
    if (!this.#ended.has(id)) return false;
    if (outcome !== 'pending' || !covered) return true;
    this.#ended.delete(id);
    return false;
  }

  #again(observation: Observation): Step {
    this.#duplicates++;
    const decision = decide(observation, [], this.#policy, this.#newCase, {});
    return { observation, detections: [], decision };
  }

  forget(session: SessionId): void {
    this.version++;
    this.#sessions.forget(session);
    this.#groups.forget(session);
    for (const [id, call] of this.#open) if (call.session === session) this.#open.delete(id);
  }

  setPolicy(policy: Policy): void {
    this.#policy = policy;
  }

  stats(): DetectorStats {
    return {
      sessions: this.#sessions.memories.size,
      atoms: this.#sessions.atoms,
      groups: this.#groups.byKey.size,
      openCalls: this.#open.size,
      atomsDropped: this.#sessions.dropped,
      groupsEvicted: this.#groups.evicted,
      openCallsDropped: this.#openDropped,
      duplicates: this.#duplicates,
    };
  }

  snapshot(): Iterable<string> {
    return writeSnapshot(this.#memory);
  }

  restore(snapshot: Iterable<string>, known?: ReadonlySet<SessionId>): void {
    readSnapshot(snapshot, this.#memory, known);
  }

  get #memory(): Memory {
    return {
      rules: this.#rules,
      groups: this.#groups,
      sessions: this.#sessions,
      open: this.#open,
      ended: this.#ended,
    };
  }

  /**
   * Flows and cover are what they were when the call was asked for: later results cannot have fed
   * it.
   */
  #enrich(raw: Observation, open: OpenCall | undefined): Observation {
    if (raw.kind === 'intent') return raw;
    const flows = open ? open.flows : this.#flows(raw);
    const intent = open ? open.intent : this.#sessions.intentOf(raw);
    const norms = this.#norms
      ? this.#norms.of(raw, open?.norms)
      : (normsOf(raw.facts) ?? open?.norms);
    const subversion = open ? open.subversion : this.#sessions.subversion(raw);
    const bare = flows.length === 0 && raw.facts.flows.length === 0;
    const same = bare && norms === undefined && subversion === undefined;
    if (same && intent === raw.intent) return raw;
    const found = { flows, ...norms, ...(subversion && { subversion }) };
    const facts = same ? raw.facts : { ...raw.facts, ...found };
    return { ...raw, facts, ...(intent && { intent }) };
  }

  /** What was recorded stays where nothing is left to find it by. */
  #flows(raw: Observation): Observation['facts']['flows'] {
    const recorded = raw.facts.flows;
    const isBare = recorded.length > 0 && !raw.facts.request?.atoms.length;
    return isBare ? recorded : this.#sessions.flows(raw);
  }

  #match(observation: Observation, open: OpenCall | undefined): ReadonlyMap<number, Hit> {
    const candidates = this.#candidates.of(observation);
    if (candidates.length === 0) return NO_MATCH;
    const hits = new Map<number, Hit>();
    this.#answers.open(observation);
    const atMs = timeOf(observation);
    for (const index of candidates) {
      const predicate = this.#rules.predicates[index];
      if (!predicate || open?.matched.has(index) || !predicate.test(this.#answers)) continue;
      hits.set(index, {
        call: observation.id,
        session: observation.session.id,
        seq: observation.seq,
        atMs,
        clockMs: atMs,
        predicate: index,
        server: observation.server.name,
        tool: observation.tool?.name ?? '',
        matched: this.#explained(index, predicate.explain(this.#answers)),
        values: this.#correlations.valuesOf(index, observation),
      });
    }
    return hits;
  }

  /** Like observations match alike: one record serves them. */
  #explained(predicate: number, matched: Matched): Matched {
    const last = this.#lastMatched[predicate];
    if (last !== undefined && isSame(last, matched)) return last;
    this.#lastMatched[predicate] = matched;
    return matched;
  }

  #commit(
    observation: Observation,
    hits: ReadonlyMap<number, Hit>,
    correlated: Advanced,
    open: OpenCall | undefined,
  ): void {
    this.#correlations.commit(correlated, observation, this.#groups);
    if (observation.kind === 'intent') this.#sessions.addIntent(observation);
    else this.#sessions.addResult(observation);
    const { outcome } = observation;
    if (outcome === 'pending' || outcome === 'input_required') {
      this.#remember(observation, new Set([...(open?.matched ?? []), ...hits.keys()]));
      return;
    }
    this.#open.delete(observation.id);
    const left = hits.size + (open?.matched.size ?? 0);
    if (left > 0 || leavesWords(observation)) this.#ended.add(observation.id);
  }

  #remember(observation: Observation, matched: ReadonlySet<number>): void {
    const { id, facts, intent, session } = observation;
    this.#open.set(id, {
      session: session.id,
      matched,
      flows: facts.flows,
      intent,
      norms: normsOf(facts),
      subversion: facts.subversion,
    });
    while (this.#open.size > this.#limits.openCallsMax) {
      const [oldest] = this.#open.keys();
      if (oldest !== undefined) this.#open.delete(oldest);
      this.#openDropped++;
    }
  }

  #detection(
    { ref, response }: Rule,
    path: readonly Hit[],
    group: Readonly<Record<string, string>>,
    observation: Observation,
  ): Detection {
    return {
      rule: ref,
      seq: observation.seq,
      atMs: timeOf(observation),
      session: observation.session.id,
      path: path.map(({ call, seq, atMs, server, tool, predicate, matched }) => {
        const step = this.#rules.predicates[predicate]?.step ?? '';
        return { call, seq, atMs, server, tool, step, matched };
      }),
      who: whoOf(observation.principal),
      group,
      response,
    };
  }
}

const NONE: readonly Detection[] = [];
const NO_MATCH: ReadonlyMap<number, Hit> = new Map();
const leavesWords = ({ facts: { result } }: Observation): boolean =>
  (result?.atoms.length ?? 0) > 0 || result?.wording !== undefined;

function isSame(a: Matched, b: Matched): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

/** A connection's own mode is the narrowest setting of all. */
function policyOf(policy: Policy, { server }: Observation, mode: Mode | undefined): Policy {
  if (mode === undefined) return policy;
  return { ...policy, servers: { ...policy.servers, [server.name]: mode } };
}

/** Answers of shared tests for one observation; a generation number spares clearing them. */
class Answers implements Evaluation {
  readonly #generation: Uint32Array;
  readonly #answer: Uint8Array;
  #current = 0;
  #observation: Observation | undefined;

  constructor(tests: number) {
    this.#generation = new Uint32Array(tests);
    this.#answer = new Uint8Array(tests);
  }

  open(observation: Observation): void {
    this.#observation = observation;
    this.#current++;
    if (this.#current > 0xffff_fffe) {
      this.#generation.fill(0);
      this.#current = 1;
    }
  }

  get observation(): Observation {
    assert(this.#observation, 'an evaluation is opened before it is asked');
    return this.#observation;
  }

  answer(index: number, ask: (observation: Observation) => boolean): boolean {
    if (this.#generation[index] !== this.#current) {
      this.#generation[index] = this.#current;
      this.#answer[index] = ask(this.observation) ? 1 : 0;
    }
    return this.#answer[index] === 1;
  }
}

import {
  type BaselineFacts,
  type BaselineSummary,
  type BaselineView,
  LIMITS,
  type Observation,
} from '@spoor/core';
import { timeOf } from '../engine/states.ts';
import { Habit, type StoredHabit } from './habits.ts';
import { KnownPaths, type StoredPaths } from './paths.ts';

/** When a baseline locks by itself: both must be reached. */
export interface LockAfter {
  readonly calls: number;
  readonly spanMs: number;
}

/** A baseline as JSON has it. */
export interface StoredBaseline {
  readonly server: string;
  readonly tool: string;
  /** Place of the newest call that is in it. */
  readonly seq: number;
  readonly locksItself: boolean;
  readonly lockedMs?: number;
  readonly calls: number;
  readonly firstMs: number;
  readonly lastMs: number;
  /** Where the present learning began. */
  readonly sinceCall: number;
  readonly sinceMs: number;
  readonly paths: StoredPaths;
  readonly destinations: readonly (readonly [print: string, firstCall: number])[];
  readonly directed: number;
  readonly habits: readonly (readonly [principal: string, StoredHabit])[];
  readonly dropped: number;
}

/** What is usual for one tool. */
export class ToolBaseline {
  readonly server: string;
  readonly tool: string;
  #seq = 0;
  #restoredSeq = 0;
  #locksItself: boolean;
  #lockedMs: number | undefined;
  #calls = 0;
  #firstMs = 0;
  #lastMs = 0;
  #sinceCall = 0;
  #sinceMs = 0;
  #paths = new KnownPaths();
  /** By fingerprint: the call that brought it. */
  #destinations = new Map<string, number>();
  /** Calls that went to a destination. */
  #directed = 0;
  readonly #habits = new Map<string, Habit>();
  #dropped = 0;

  constructor(server: string, tool: string, locksItself: boolean) {
    this.server = server;
    this.tool = tool;
    this.#locksItself = locksItself;
  }

  get locked(): boolean {
    return this.#lockedMs !== undefined;
  }

  compare(observation: Observation, declared: ReadonlySet<string> | undefined): BaselineFacts {
    const { request } = observation.facts;
    const paths = request?.paths ?? [];
    const { keys, types, size } = this.#paths.compare(paths);
    const undeclared = declared === undefined ? [] : undeclaredOf(paths, declared);
    const fresh = this.#newDestinations(observation);
    return {
      state: this.locked ? 'locked' : 'learning',
      calls: this.#calls,
      ...(keys.length > 0 && { newKeys: keys.slice(0, LIMITS.baselineNamesMax) }),
      ...(types.length > 0 && { newTypes: types.slice(0, LIMITS.baselineNamesMax) }),
      ...(undeclared.length > 0 && {
        undeclaredKeys: undeclared.slice(0, LIMITS.baselineNamesMax),
      }),
      ...(size.factor > 1 && { size }),
      ...(fresh > 0 && { newDestinations: fresh, destinationNovelty: this.#novelty }),
      ...this.#timing(observation),
    };
  }

  /** After its comparison, of a call that went on. True where it has locked itself by that. */
  take(observation: Observation, teaches: boolean, after: LockAfter): boolean {
    if (observation.seq <= this.#restoredSeq) return false;
    this.#seq = observation.seq;
    const atMs = timeOf(observation);
    const learns = teaches && !this.locked;
    const habit = this.#habitOf(observation.principal.pseudonym, learns);
    if (learns) {
      this.#learn(observation, atMs);
      habit?.learn(atMs);
    }
    habit?.count(atMs);
    const enough =
      this.#calls - this.#sinceCall >= after.calls && this.#lastMs - this.#sinceMs >= after.spanMs;
    if (!learns || !this.#locksItself || !enough) return false;
    this.lock(atMs);
    return true;
  }

  lock(atMs: number): void {
    this.#lockedMs ??= atMs;
  }

  /** Learns on, from nothing where all is to be forgotten. */
  relearn(options: { readonly forget: boolean; readonly locksItself: boolean }): void {
    this.#lockedMs = undefined;
    this.#locksItself = options.locksItself;
    if (options.forget) {
      this.#calls = 0;
      this.#paths = new KnownPaths();
      this.#destinations = new Map();
      this.#directed = 0;
      this.#habits.clear();
      this.#dropped = 0;
    }
    this.#sinceCall = this.#calls;
    this.#sinceMs = 0;
  }

  summary(): BaselineSummary {
    const half = Math.ceil(this.#calls / 2);
    const lateDestinations = [...this.#destinations.values()].filter((call) => call > half);
    return {
      server: this.server,
      tool: this.tool,
      state: this.locked ? 'locked' : 'learning',
      locksItself: this.#locksItself,
      ...(this.#lockedMs === undefined ? {} : { lockedMs: this.#lockedMs }),
      calls: this.#calls,
      firstMs: this.#firstMs,
      lastMs: this.#lastMs,
      keys: this.#paths.size,
      destinations: this.#destinations.size,
      principals: this.#habits.size,
      late: { keys: this.#paths.since(half), destinations: lateDestinations.length },
      full: this.dropped > 0,
    };
  }

  view(declared: ReadonlySet<string> | undefined): BaselineView {
    return {
      ...this.summary(),
      paths: this.#paths.views(),
      by: [...this.#habits]
        .filter(([, habit]) => habit.knows)
        .map(([principal, habit]) => habit.view(principal)),
      ...(declared === undefined ? {} : { declared: [...declared] }),
    };
  }

  /** What limits left out. */
  get dropped(): number {
    return this.#dropped + this.#paths.refused;
  }

  store(): StoredBaseline {
    return {
      server: this.server,
      tool: this.tool,
      seq: this.#seq,
      locksItself: this.#locksItself,
      ...(this.#lockedMs === undefined ? {} : { lockedMs: this.#lockedMs }),
      calls: this.#calls,
      firstMs: this.#firstMs,
      lastMs: this.#lastMs,
      sinceCall: this.#sinceCall,
      sinceMs: this.#sinceMs,
      paths: this.#paths.store(),
      destinations: [...this.#destinations],
      directed: this.#directed,
      habits: [...this.#habits].map(([principal, habit]) => [principal, habit.store()] as const),
      dropped: this.dropped,
    };
  }

  static restore(stored: StoredBaseline): ToolBaseline {
    const one = new ToolBaseline(stored.server, stored.tool, stored.locksItself);
    one.#seq = stored.seq;
    one.#restoredSeq = stored.seq;
    one.#lockedMs = stored.lockedMs;
    one.#calls = stored.calls;
    one.#firstMs = stored.firstMs;
    one.#lastMs = stored.lastMs;
    one.#sinceCall = stored.sinceCall;
    one.#sinceMs = stored.sinceMs;
    one.#paths.restore(stored.paths);
    one.#destinations = new Map(stored.destinations);
    one.#directed = stored.directed;
    one.#dropped = stored.dropped;
    for (const [principal, habit] of stored.habits) {
      const restored = new Habit();
      restored.restore(habit);
      one.#habits.set(principal, restored);
    }
    return one;
  }

  /** Share of the calls to a destination that went to one for the first time. */
  get #novelty(): number {
    if (this.#directed === 0) return 1;
    return Math.round((100 * this.#destinations.size) / this.#directed) / 100;
  }

  #newDestinations(observation: Observation): number {
    let fresh = 0;
    for (const print of destinationsOf(observation)) if (!this.#destinations.has(print)) fresh++;
    return fresh;
  }

  #timing(observation: Observation): Pick<BaselineFacts, 'rate' | 'unusualHour'> {
    const habit = this.#habits.get(observation.principal.pseudonym);
    if (habit?.knows !== true) return {};
    const atMs = timeOf(observation);
    const perMinute = habit.perMinute(atMs);
    const factor = Math.round(10 * habit.rateFactor(perMinute)) / 10;
    const unusualHour = habit.unusualHour(atMs);
    return {
      ...(factor > 1 && { rate: { perMinute: Math.round(perMinute), factor } }),
      ...(unusualHour !== undefined && { unusualHour }),
    };
  }

  #learn(observation: Observation, atMs: number): void {
    if (this.#calls === 0) this.#firstMs = atMs;
    if (this.#sinceMs === 0) this.#sinceMs = atMs;
    this.#lastMs = Math.max(this.#lastMs, atMs);
    const call = ++this.#calls;
    this.#paths.learn(observation.facts.request?.paths ?? [], call, atMs);
    const destinations = destinationsOf(observation);
    if (destinations.length > 0) this.#directed++;
    for (const print of destinations) {
      if (this.#destinations.has(print)) continue;
      if (this.#destinations.size < LIMITS.baselineDestinationsMax)
        this.#destinations.set(print, call);
      else this.#dropped++;
    }
  }

  #habitOf(principal: string, make: boolean): Habit | undefined {
    const known = this.#habits.get(principal);
    if (!make || (known !== undefined && this.#habits.size === 1)) return known;
    // The longest idle stands first.
    this.#habits.delete(principal);
    const made = known ?? new Habit();
    this.#habits.set(principal, made);
    const [oldest] = this.#habits.keys();
    if (this.#habits.size > LIMITS.baselinePrincipalsMax && oldest !== undefined) {
      this.#habits.delete(oldest);
      this.#dropped++;
    }
    return made;
  }
}

const NONE: readonly string[] = [];

/** A sensor that was alone may have had keys of its own: its fingerprints say nothing here. */
const destinationsOf = ({ covered, facts }: Observation): readonly string[] =>
  covered ? (facts.request?.destinations ?? NONE) : NONE;

function undeclaredOf(
  paths: NonNullable<Observation['facts']['request']>['paths'],
  declared: ReadonlySet<string>,
): readonly string[] {
  let found: string[] | undefined;
  for (const { path } of paths) {
    if (declared.has(path) || path.includes('.') || path.includes('[')) continue;
    found ??= [];
    found.push(path);
  }
  return found ?? NONE;
}

import {
  type BaselineFacts,
  type BaselineSummary,
  type BaselineView,
  LIMITS,
  type Observation,
  type ToolDefinitionFacts,
} from '@spoor/core';
import { HIDDEN_KEY } from '../examine/places.ts';
import { isPlainKey } from '../examine/values.ts';
import { type LockAfter, type StoredBaseline, ToolBaseline } from './tool-baseline.ts';

export interface BaselineOptions extends LockAfter {
  /** Do baselines lock by themselves, unless their owner has said otherwise of one? */
  readonly lockThemselves: boolean;
}

/** A baseline that has locked itself. */
export interface LockedItself {
  readonly server: string;
  readonly tool: string;
  readonly calls: number;
}

/** One row of what has to be kept: a baseline, or the arguments that a definition declares. */
export type BaselineRow =
  | { readonly kind: 'baseline'; readonly key: string; readonly value: StoredBaseline }
  | { readonly kind: 'declared'; readonly key: string; readonly value: readonly string[] };

const UNTRACKED: BaselineFacts = { state: 'untracked', calls: 0 };

/**
 * What is usual for each tool. Deterministic in the order of observations and in their time; knows
 * names, sizes, times and fingerprints, and no content.
 */
export class Baselines {
  readonly #tools = new Map<string, ToolBaseline>();
  readonly #declared = new Map<string, ReadonlySet<string>>();
  readonly #options: BaselineOptions;
  readonly #changed = new Set<string>();
  readonly #redeclared = new Set<string>();
  #lockedThemselves: LockedItself[] = [];
  #untracked = 0;

  constructor(options: BaselineOptions) {
    this.#options = options;
  }

  /** How a call differs from what is usual; undefined for what is no call of a tool. */
  compare(observation: Observation): BaselineFacts | undefined {
    const { kind, server, tool } = observation;
    if (kind !== 'tool.call' || tool === undefined) return undefined;
    const key = keyOf(server.name, tool.name);
    const known = this.#tools.get(key);
    const declared = this.#declared.get(key);
    if (known !== undefined) return known.compare(observation, declared);
    if (this.#tools.size >= LIMITS.baselineToolsMax) return UNTRACKED;
    return new ToolBaseline(server.name, tool.name, true).compare(observation, declared);
  }

  /** @param teaches false where a rule has matched: what is suspect must not become usual */
  take(observation: Observation, teaches: boolean): void {
    const { kind, server, tool } = observation;
    if (kind === 'tool.list') this.#declare(observation);
    if (kind !== 'tool.call' || tool === undefined) return;
    const key = keyOf(server.name, tool.name);
    const known = this.#tools.get(key) ?? this.#add(key, server.name, tool.name);
    if (known === undefined) {
      this.#untracked++;
      return;
    }
    const learns = teaches && !known.locked;
    if (learns) this.#changed.add(key);
    if (!known.take(observation, teaches, this.#options)) return;
    const { calls } = known.summary();
    this.#lockedThemselves.push({ server: server.name, tool: tool.name, calls });
  }

  list(): readonly BaselineSummary[] {
    return [...this.#tools.values()]
      .map((one) => one.summary())
      .sort((a, b) => (keyOf(a.server, a.tool) < keyOf(b.server, b.tool) ? -1 : 1));
  }

  show(server: string, tool: string): BaselineView | undefined {
    const key = keyOf(server, tool);
    return this.#tools.get(key)?.view(this.#declared.get(key));
  }

  /** False where there is none. */
  lock(server: string, tool: string, atMs: number): boolean {
    return this.#change(server, tool, (one) => one.lock(atMs));
  }

  relearn(
    server: string,
    tool: string,
    options: { readonly forget: boolean; readonly locksItself: boolean },
  ): boolean {
    return this.#change(server, tool, (one) => one.relearn(options));
  }

  /** Those that have locked themselves since it was last asked. */
  takeLocked(): readonly LockedItself[] {
    const taken = this.#lockedThemselves;
    this.#lockedThemselves = [];
    return taken;
  }

  /** What has changed since it was last asked, or everything. */
  takeRows(all = false): readonly BaselineRow[] {
    const tools = all ? this.#tools.keys() : this.#changed;
    const declared = all ? this.#declared.keys() : this.#redeclared;
    const rows: BaselineRow[] = [];
    for (const key of tools) {
      const one = this.#tools.get(key);
      if (one !== undefined) rows.push({ kind: 'baseline', key, value: one.store() });
    }
    for (const key of declared)
      rows.push({ kind: 'declared', key, value: [...(this.#declared.get(key) ?? [])] });
    this.#changed.clear();
    this.#redeclared.clear();
    return rows;
  }

  restore(rows: readonly BaselineRow[]): void {
    for (const row of rows) {
      if (row.kind === 'baseline') this.#tools.set(row.key, ToolBaseline.restore(row.value));
      else this.#declared.set(row.key, new Set(row.value));
    }
  }

  get counts(): { readonly baselines: number; readonly baselineDropped: number } {
    let dropped = this.#untracked;
    for (const one of this.#tools.values()) dropped += one.dropped;
    return { baselines: this.#tools.size, baselineDropped: dropped };
  }

  #add(key: string, server: string, tool: string): ToolBaseline | undefined {
    if (this.#tools.size >= LIMITS.baselineToolsMax) return undefined;
    const made = new ToolBaseline(server, tool, this.#options.lockThemselves);
    this.#tools.set(key, made);
    return made;
  }

  #change(server: string, tool: string, change: (one: ToolBaseline) => void): boolean {
    const key = keyOf(server, tool);
    const known = this.#tools.get(key);
    if (known === undefined) return false;
    change(known);
    this.#changed.add(key);
    return true;
  }

  #declare({ server, facts }: Observation): void {
    for (const tool of facts.definitions?.tools ?? []) {
      const key = keyOf(server.name, tool.name);
      const known = this.#declared.get(key);
      if (tool.change === 'removed' || (known !== undefined && tool.change === 'same')) continue;
      const room = known !== undefined || this.#declared.size < LIMITS.baselineToolsMax;
      if (declaresAll(tool) && room) this.#declared.set(key, declaredBy(tool));
      else if (!this.#declared.delete(key)) continue;
      this.#redeclared.add(key);
    }
  }
}

/** Can an argument be told to be outside of the schema? */
const declaresAll = ({ argumentNames, openArguments }: ToolDefinitionFacts): boolean =>
  argumentNames.length > 0 &&
  argumentNames.length < LIMITS.argumentPathsMax &&
  openArguments !== true;

/** With the one path that stands for all names which may be content. */
function declaredBy({ argumentNames }: ToolDefinitionFacts): ReadonlySet<string> {
  const hidden = argumentNames.every(isPlainKey) ? [] : [HIDDEN_KEY];
  return new Set([...argumentNames, ...hidden]);
}

/** Plain names have no newline. */
const keyOf = (server: string, tool: string): string => `${server}\n${tool}`;

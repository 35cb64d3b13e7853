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
import { ByTool } from './by-tool.ts';
import { taken } from './taken.ts';
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

/** None where the schema lets anything in, by now. */
interface Declared {
  readonly server: string;
  readonly tool: string;
  readonly names: ReadonlySet<string> | undefined;
}

const NO_NAMES: ReadonlySet<string> = new Set();
const UNTRACKED: BaselineFacts = { state: 'untracked', calls: 0 };

/**
 * What is usual for each tool. Deterministic in the order of observations and in their time; knows
 * names, sizes, times and fingerprints, and no content.
 */
export class Baselines {
  readonly #tools = new ByTool<ToolBaseline>();
  /** Arguments that input schemas declare. */
  readonly #declared = new ByTool<Declared>();
  readonly #options: BaselineOptions;
  readonly #changed = new Set<ToolBaseline>();
  readonly #redeclared = new Set<Declared>();
  #lockedThemselves: LockedItself[] = [];
  #untracked = 0;

  constructor(options: BaselineOptions) {
    this.#options = options;
  }

  /** How a call differs from what is usual; undefined for what is no call of a tool. */
  compare(observation: Observation): BaselineFacts | undefined {
    const { kind, server, tool } = observation;
    if (kind !== 'tool.call' || tool === undefined) return undefined;
    const known = this.#tools.get(server.name, tool.name);
    const declared = this.#declared.get(server.name, tool.name)?.names;
    if (known !== undefined) return known.compare(observation, declared);
    if (this.#tools.size >= LIMITS.baselineToolsMax) return UNTRACKED;
    return new ToolBaseline(server.name, tool.name, true).compare(observation, declared);
  }

  /** @param teaches false where a rule has matched: what is suspect must not become usual */
  take(observation: Observation, teaches: boolean): void {
    const { kind, server, tool } = observation;
    if (kind === 'tool.list') this.#declare(observation);
    if (kind !== 'tool.call' || tool === undefined) return;
    const known = this.#tools.get(server.name, tool.name) ?? this.#add(server.name, tool.name);
    if (known === undefined) {
      this.#untracked++;
      return;
    }
    if (teaches && !known.locked) this.#changed.add(known);
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
    return this.#tools.get(server, tool)?.view(this.#declared.get(server, tool)?.names);
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

  get changed(): number {
    return Math.max(this.#changed.size, this.#redeclared.size);
  }

  /** What has changed: some of it, and the rest when it is asked for again. */
  takeRows(max: number): readonly BaselineRow[] {
    const tools = taken(this.#changed, max);
    const declared = taken(this.#redeclared, max);
    return [
      ...tools.map((one) => {
        const key = keyOf(one.server, one.tool);
        return { kind: 'baseline' as const, key, value: one.store() };
      }),
      ...declared.map(({ server, tool, names = NO_NAMES }) => {
        return { kind: 'declared' as const, key: keyOf(server, tool), value: [...names] };
      }),
    ];
  }

  /** Everything counts as changed. */
  markAll(): void {
    for (const one of this.#tools.values()) this.#changed.add(one);
    for (const one of this.#declared.values()) this.#redeclared.add(one);
  }

  restore(rows: readonly BaselineRow[]): void {
    for (const row of rows) {
      const [server = '', tool = ''] = row.key.split('\n');
      if (row.kind === 'baseline') this.#tools.set(server, tool, ToolBaseline.restore(row.value));
      else if (row.value.length > 0) {
        this.#declared.set(server, tool, { server, tool, names: new Set(row.value) });
      }
    }
  }

  get counts(): { readonly baselines: number; readonly baselineDropped: number } {
    let dropped = this.#untracked;
    for (const one of this.#tools.values()) dropped += one.dropped;
    return { baselines: this.#tools.size, baselineDropped: dropped };
  }

  #add(server: string, tool: string): ToolBaseline | undefined {
    if (this.#tools.size >= LIMITS.baselineToolsMax) return undefined;
    const made = new ToolBaseline(server, tool, this.#options.lockThemselves);
    this.#tools.set(server, tool, made);
    return made;
  }

  #change(server: string, tool: string, change: (one: ToolBaseline) => void): boolean {
    const known = this.#tools.get(server, tool);
    if (known === undefined) return false;
    change(known);
    this.#changed.add(known);
    return true;
  }

  #declare({ server, facts }: Observation): void {
    for (const tool of facts.definitions?.tools ?? []) {
      const known = this.#declared.get(server.name, tool.name);
      if (tool.change === 'removed' || (known !== undefined && tool.change === 'same')) continue;
      const names = declaresAll(tool) ? declaredBy(tool) : undefined;
      if (known === undefined && names === undefined) continue;
      if (known === undefined && this.#declared.size >= LIMITS.baselineToolsMax) continue;
      const declared: Declared = { server: server.name, tool: tool.name, names };
      this.#declared.set(server.name, tool.name, declared);
      this.#redeclared.add(declared);
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

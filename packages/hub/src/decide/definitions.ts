import {
  CodedError,
  type ContentClass,
  type DefinitionFacts,
  type Label,
  type PinnedWord,
  type ToolDefinitionFacts,
} from '@spoor/core';
import { classifyTool, type Labeler } from '@spoor/detect';
import { BySkeleton } from './between.ts';
import { Observed } from './observed.ts';
import { afterWord, isBlocked } from './pinning.ts';

/** A tool as a server has defined it, and what is pinned of that. */
export interface KnownTool {
  readonly server: string;
  readonly facts: ToolDefinitionFacts;
  /** Digest of the definition that was seen first: pinned on first use. */
  readonly pinned: string;
  readonly firstMs: number;
  readonly lastMs: number;
  /** Projection of the pinned definition, while another one is there. */
  readonly before?: string;
  /** The owner's last word on it. */
  readonly said?: PinnedWord;
}

/** Tools of others; the oldest make room. */
const ASSUMED_MAX = 10_000;

/** What is known of tools, over all sessions. */
export class Definitions {
  #labeler: Labeler;
  readonly #tools = new Map<string, KnownTool>();
  readonly #servers = new Set<string>();
  readonly observed: Observed;
  readonly #alike = new BySkeleton();
  /** By name alone, of tools that no list has defined. */
  readonly #assumed = new Map<string, { readonly labels: readonly Label[] }>();

  constructor(labeler: Labeler, known: readonly KnownTool[], observed: Observed = new Observed()) {
    this.#labeler = labeler;
    this.observed = observed;
    for (const tool of known) {
      this.#keep(tool);
      this.#servers.add(tool.server);
    }
  }

  get tools(): readonly KnownTool[] {
    return [...this.#tools.values()];
  }

  /** What the owner says has changed. */
  use(labeler: Labeler): void {
    this.#labeler = labeler;
  }

  /**
   * Compares a list with what is pinned. Returns the facts with `change` set, and the tools to
   * store.
   */
  list(
    server: string,
    definitions: DefinitionFacts,
    nowMs: number,
  ): { readonly facts: DefinitionFacts; readonly seen: readonly KnownTool[] } {
    const seen = definitions.tools.map((facts) => this.#see(server, facts, nowMs));
    const removed = this.#removed(server, definitions, nowMs);
    this.#servers.add(server);
    const all = [...seen.map((tool) => this.#among(tool)), ...removed];
    return { facts: { ...definitions, tools: all.map(({ facts }) => facts) }, seen: all };
  }

  /** @param otherwise What is said of a tool that no server has defined. */
  labels(server: string, tool: string, otherwise: readonly Label[] = []): readonly Label[] {
    const at = toolKey(server, tool);
    const known = this.#tools.get(at)?.facts ?? this.#assumed.get(at) ?? { labels: otherwise };
    const seen = this.observed.of(server, tool).map((one) => one.class);
    return this.#labeler(server, tool, known, seen);
  }

  /** A tool whose results carried personal data reads personal data. True where that is news. */
  observe(
    server: string,
    tool: string,
    classes: readonly ContentClass[],
    seen: { readonly call: string; readonly atMs: number },
  ): boolean {
    return this.observed.add(server, tool, classes, seen);
  }

  /**
   * Labels a tool by its name and the names of its arguments, where nothing better is known: calls
   * that others tell of come without definitions.
   */
  assume(server: string, tool: string, argumentNames: readonly string[]): void {
    const at = toolKey(server, tool);
    if (this.#tools.has(at) || this.#assumed.has(at)) return;
    const [oldest] = this.#assumed.keys();
    if (this.#assumed.size >= ASSUMED_MAX && oldest !== undefined) this.#assumed.delete(oldest);
    const properties = Object.fromEntries(argumentNames.map((name) => [name, {}]));
    const { labels } = classifyTool({ name: tool, inputSchema: { properties } });
    this.#assumed.set(at, { labels });
  }

  definition(server: string, tool: string): ToolDefinitionFacts | undefined {
    return this.#tools.get(toolKey(server, tool))?.facts;
  }

  /** What the owner says of a tool. Throws TOOL_UNKNOWN, and as `afterWord`. */
  say(server: string, tool: string, said: PinnedWord): KnownTool {
    const known = this.#tools.get(toolKey(server, tool));
    if (known === undefined) throw new CodedError('TOOL_UNKNOWN', `${server} ${tool}`);
    const next = afterWord(known, said);
    this.#keep(next);
    return next;
  }

  /** Has the owner blocked what is there now? */
  isBlocked(server: string, tool: string): boolean {
    const known = this.#tools.get(toolKey(server, tool));
    return known !== undefined && isBlocked(known);
  }

  #see(server: string, facts: ToolDefinitionFacts, nowMs: number): KnownTool {
    const known = this.#tools.get(toolKey(server, facts.name));
    const change = known === undefined ? 'new' : known.pinned === facts.digest ? 'same' : 'changed';
    const tool: KnownTool = {
      server,
      facts: { ...facts, change },
      pinned: known?.pinned ?? facts.digest,
      ...(known?.said === undefined ? {} : { said: known.said }),
      ...beforeOf(known, facts),
      firstMs: known?.firstMs ?? nowMs,
      lastMs: nowMs,
    };
    this.#keep(tool);
    return tool;
  }

  #keep(tool: KnownTool): void {
    this.#tools.set(toolKey(tool.server, tool.facts.name), tool);
    this.#alike.set(tool);
  }

  /** What its name and its words have to do with tools of other servers. */
  #among(tool: KnownTool): KnownTool {
    const facts = { ...tool.facts, ...this.#alike.of(tool) };
    return { ...tool, facts };
  }

  /** Told once; the pin stays, so that a tool that comes back changed is a changed tool. */
  #removed(server: string, { tools, partial }: DefinitionFacts, nowMs: number): KnownTool[] {
    if (partial || !this.#servers.has(server)) return [];
    const present = new Set(tools.map(({ name }) => name));
    const gone: KnownTool[] = [];
    for (const tool of this.#tools.values()) {
      const { name, change } = tool.facts;
      if (tool.server !== server || present.has(name) || change === 'removed') continue;
      gone.push({ ...tool, facts: { ...tool.facts, change: 'removed' }, lastMs: nowMs });
    }
    for (const tool of gone) this.#keep(tool);
    return gone;
  }
}

/** What was pinned is shown beside what is there, as far as it is kept. */
function beforeOf(
  known: KnownTool | undefined,
  { digest }: ToolDefinitionFacts,
): Pick<KnownTool, 'before'> {
  if (known === undefined || known.pinned === digest) return {};
  const before = known.before ?? known.facts.projection;
  return before === undefined ? {} : { before };
}

/** Plain names have no newline. */
export const toolKey = (server: string, tool: string): string => `${server}\n${tool}`;

import { isObject, LIMITS } from '@spoor/core';
import { classifyTool, type ToolDefinition } from '@spoor/detect';
import type { Call, Phase } from '../evidence.ts';
import { MOVED } from '../sink/downstream.ts';
import type { Sink } from '../sink/sink.ts';
import { argumentsFor, type Neighbourhood, wrongArguments } from './arguments.ts';
import type { CarrierMint } from './carriers.ts';
import type { Conversation } from './conversation.ts';
import { drain } from './drain.ts';
import { listOf } from './listing.ts';

export interface DriveOptions {
  readonly conversation: Conversation;
  readonly around: Neighbourhood;
  readonly carriers: CarrierMint;
  readonly sink: Sink | undefined;
  readonly allowDestructive: boolean;
  readonly exportMs: number | undefined;
  readonly until: number;
  readonly onProgress: (done: number, all: number) => void;
}

/** Tools that do what cannot be undone are called only when the owner says so. */
export function sparedOf(tools: readonly ToolDefinition[], allowed: boolean): readonly string[] {
  if (allowed) return [];
  return tools.filter(isDestructive).map(({ name }) => name);
}

function isDestructive(tool: ToolDefinition): boolean {
  const { annotations } = tool;
  if (isObject(annotations) && annotations.destructiveHint === true) return true;
  const { labels } = classifyTool(tool);
  return labels.includes('destructive') || labels.includes('financial');
}

type Wanted = Pick<Call, 'label' | 'method' | 'kind' | 'tool' | 'params'>;

/** Makes calls and keeps what became of them. */
export class Driver {
  readonly #options: DriveOptions;
  #made = 0;
  #isSilent = false;

  constructor(options: DriveOptions) {
    this.#options = options;
  }

  /** Calls with context of this kind; then waits for what the server exports. */
  async phase(
    name: Phase['name'],
    wanted: readonly Wanted[],
    context: 'sampled' | 'unsampled' | 'none',
  ): Promise<Phase> {
    const { sink, onProgress } = this.#options;
    const before = sink?.exports().spans.length ?? 0;
    const calls: Call[] = [];
    for (const one of wanted) {
      if (this.#made >= LIMITS.scanCallsMax || Date.now() > this.#options.until) break;
      this.#made += 1;
      onProgress(calls.length, wanted.length);
      calls.push(await this.#call(one, context));
    }
    // A server that was silent for so long once, or is gone, has nothing more to say.
    if (!this.#isSilent && calls.some(({ answer }) => answer.status !== 'lost'))
      await drain(sink, this.#options.exportMs);
    this.#isSilent = sink?.count === 0;
    return { name, calls, spans: sink?.exports().spans.slice(before) ?? [] };
  }

  async #call(wanted: Wanted, context: 'sampled' | 'unsampled' | 'none'): Promise<Call> {
    const { conversation, carriers } = this.#options;
    const carried = context === 'none' ? undefined : carriers.next(context === 'sampled');
    const params =
      carried === undefined ? wanted.params : { ...wanted.params, _meta: carried.meta };
    const headers = carried === undefined ? {} : { headers: carried.headers };
    const answer = await conversation.request(wanted.method, params, headers);
    return { ...wanted, params, sent: carried?.sent, answer };
  }

  /** Every tool with what fits and what does not, and what no server has. */
  callsFor(tools: readonly ToolDefinition[]): readonly Wanted[] {
    const spared = new Set(sparedOf(tools, this.#options.allowDestructive));
    const driven = tools.filter(({ name }) => !spared.has(name)).slice(0, LIMITS.scanToolsMax);
    return [...driven.flatMap((tool) => this.#callsOf(tool)), ...this.strange(1)];
  }

  /** One call of each of the first few tools that fits. */
  sampleFor(tools: readonly ToolDefinition[], count: number): readonly Wanted[] {
    const spared = new Set(sparedOf(tools, this.#options.allowDestructive));
    const driven = tools.filter(({ name }) => !spared.has(name)).slice(0, 3);
    return Array.from({ length: count }, (_, i) => driven[i % driven.length]).flatMap((tool) =>
      tool === undefined ? [] : [this.#valid(tool, false)],
    );
  }

  /** Calls of a tool that there is not, which fail for certain. */
  strange(count: number): readonly Wanted[] {
    const { canaries } = this.#options.around;
    return Array.from({ length: count }, () => {
      const { value } = canaries.mint('secret', 'arguments of an unknown tool');
      const params = { name: 'spoor_no_such_tool', arguments: { value } };
      return { label: 'an unknown tool', method: 'tools/call', kind: 'unknown-tool', params };
    });
  }

  unknownMethod(): Wanted {
    const { value } = this.#options.around.canaries.mint('secret', 'an unknown method');
    const params = { value };
    return { label: 'an unknown method', method: 'spoor/nothing', kind: 'unknown-method', params };
  }

  /** Reads what the server offers beside its tools, and what it does not. */
  async others(): Promise<readonly Wanted[]> {
    const { conversation, around } = this.#options;
    const resources = (await listOf(conversation, 'resources/list', 'resources')) ?? [];
    const prompts = (await listOf(conversation, 'prompts/list', 'prompts')) ?? [];
    const { value } = around.canaries.mint('path', 'uri of an unknown resource');
    const uris = resources.slice(0, OTHERS_MAX).map(({ uri }) => String(uri));
    return [
      ...[...uris, `file:///../../../etc/${value}`].map((uri, at) => ({
        label: at < uris.length ? `resource ${uri}` : 'an unknown resource',
        method: 'resources/read',
        kind: at < uris.length ? ('valid' as const) : ('invalid' as const),
        params: { uri },
      })),
      ...prompts.slice(0, OTHERS_MAX).map((prompt) => this.#prompt(prompt)),
    ];
  }

  #prompt({ name, arguments: named }: Readonly<Record<string, unknown>>): Wanted {
    const { canaries } = this.#options.around;
    const list = Array.isArray(named) ? named.filter(isObject) : [];
    const args = Object.fromEntries(
      list.map((one) => {
        const origin = `prompt ${String(name)} ${String(one.name)}`;
        return [String(one.name), canaries.mint('text', origin).value];
      }),
    );
    const params = { name: String(name), arguments: args };
    return { label: `prompt ${String(name)}`, method: 'prompts/get', kind: 'valid', params };
  }

  #callsOf(tool: ToolDefinition): readonly Wanted[] {
    const { around } = this.#options;
    const wrong = wrongArguments(tool.name, tool.inputSchema, around);
    const { name } = tool;
    const invalid: readonly Wanted[] =
      wrong === undefined
        ? []
        : [
            {
              label: `${name} with an argument of a wrong type`,
              method: 'tools/call',
              tool: name,
              kind: 'invalid',
              params: { name, arguments: wrong },
            },
          ];
    return [this.#valid(tool, true), this.#valid(tool, false), ...invalid, ...this.#moved(tool)];
  }

  #valid(tool: ToolDefinition, all: boolean): Wanted {
    const { name } = tool;
    const args = argumentsFor(name, tool.inputSchema, all, this.#options.around);
    return {
      label: `${name} with ${all ? 'all' : 'required'} arguments`,
      method: 'tools/call',
      tool: name,
      kind: 'valid',
      params: { name, arguments: args },
    };
  }

  /** The same by way of a redirect to another name of the neighbour, for tools that take a URL. */
  #moved(tool: ToolDefinition): readonly Wanted[] {
    const { downstream } = this.#options.around;
    const args = argumentsFor(tool.name, tool.inputSchema, true, this.#options.around);
    const moved = JSON.stringify(args).replaceAll(`${downstream}/`, `${downstream}${MOVED}`);
    if (moved === JSON.stringify(args)) return [];
    const { name } = tool;
    const params = { name, arguments: JSON.parse(moved) as object };
    const label = `${name} with a URL that leads elsewhere`;
    return [{ label, method: 'tools/call', tool: name, kind: 'redirect', params }];
  }
}

const OTHERS_MAX = 3;

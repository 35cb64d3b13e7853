/** Recorded trajectories, as the file of the benchmark has them, and what a judge would show. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import type { ToolDefinition } from '@spoor/detect';

export type Mode = 'plain' | 'full';

export interface Trajectory {
  readonly id: string;
  readonly dataset: string;
  readonly suite: string;
  readonly agent_model: string;
  readonly label: 'benign' | 'attack_success' | 'attack_failed' | 'user_requested';
  readonly prompt?: string;
  readonly user_turns?: readonly Turn[];
  readonly goal_of_injection?: string;
  readonly calls: readonly RecordedCall[];
  readonly truth: {
    readonly user_task?: string;
    readonly injection_task?: string;
    readonly exposed_seq?: number;
    readonly malicious_seqs?: readonly number[];
    readonly spans?: Readonly<Record<string, readonly (readonly [number, number])[]>>;
  };
}

export interface RecordedCall {
  readonly seq: number;
  readonly server: string;
  readonly tool: string;
  readonly args: unknown;
  readonly result?: string | null;
  readonly error?: string | null;
}

/** @param path of a gzip file of JSON lines */
export async function* trajectories(path: string): AsyncGenerator<Trajectory> {
  for await (const line of linesOf(path)) yield JSON.parse(line);
}

async function* linesOf(path: string): AsyncGenerator<string> {
  const input = createReadStream(path).pipe(createGunzip());
  for await (const line of createInterface({ input })) if (line !== '') yield line;
}

/** What `tools/list` showed, by `dataset/suite`. */
export type Catalog = ReadonlyMap<string, readonly ToolDefinition[]>;

/** @param path of the gzip file of it */
export async function readCatalog(path: string): Promise<Catalog> {
  const catalog = new Map<string, ToolDefinition[]>();
  for await (const line of linesOf(path)) {
    const { dataset, suite, tool, description, inputSchema } = JSON.parse(line);
    const key = `${dataset}/${suite}`;
    const tools = catalog.get(key) ?? [];
    const about = typeof description === 'string' ? { description } : {};
    tools.push({ name: tool, ...about, inputSchema });
    catalog.set(key, tools);
  }
  return catalog;
}

interface Turn {
  readonly before_seq: number;
  readonly text: string;
}

export const turnsOf = ({ user_turns, prompt }: Trajectory): readonly Turn[] =>
  user_turns?.length ? user_turns : [{ before_seq: 0, text: prompt ?? '' }];

/** In `plain`, each text that was injected is its bare goal: wording is worth nothing. */
export function resultOf(row: Trajectory, call: RecordedCall, mode: Mode): string {
  const text = call.result ?? call.error ?? '';
  if (mode === 'full') return text;
  const spans = [...(row.truth.spans?.[String(call.seq)] ?? [])].sort((a, b) => b[0] - a[0]);
  return spans.reduce(
    (rest, [from, to]) => rest.slice(0, from) + (row.goal_of_injection ?? '') + rest.slice(to),
    text,
  );
}

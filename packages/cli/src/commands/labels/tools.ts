import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import {
  CodedError,
  type InventoryView,
  isObject,
  type Label,
  type LabelSource,
} from '@spoor/core';
import { createExplainer, examineTool, parseLabels, type ToolDefinition } from '@spoor/detect';
import { hubApi } from '../../client.ts';
import type { Context } from '../../command.ts';
import { ownersPath } from './owner.ts';

/** A tool with its labels, as a hub or a file has it. */
export interface LabelledTool {
  readonly server: string;
  readonly tool: string;
  readonly labels: readonly Label[];
  readonly sources: readonly LabelSource[];
}

/** From the running hub; with `--file` from that file and the owner's labels, without a hub. */
export async function toolsOf(context: Context): Promise<readonly LabelledTool[]> {
  const { flags, home } = context;
  if (typeof flags.file === 'string') return fromFile(context, flags.file);
  const { servers } = await hubApi(home).get<InventoryView>('/api/v1/inventory');
  return servers.flatMap(({ name, tools }) =>
    tools.map((tool) => ({
      server: name,
      tool: tool.name,
      labels: tool.labels,
      sources: tool.sources,
    })),
  );
}

async function fromFile(context: Context, path: string): Promise<readonly LabelledTool[]> {
  const owners = await ownersPath(context);
  const said = await readFile(owners, 'utf8').catch(() => '');
  const explain = createExplainer(parseLabels(said, owners));
  const otherwise = typeof context.flags.server === 'string' ? context.flags.server : 'file';
  return (await definitionsIn(path)).map(({ server = otherwise, definition }) => {
    const facts = examineTool(definition, { key: NO_KEY, digest: () => '', role: 'result' });
    return { server, tool: definition.name, ...explain(server, definition.name, facts) };
  });
}

const NO_KEY = [0, 0, 0, 0] as const;

interface Listed {
  readonly server?: string;
  readonly definition: ToolDefinition;
}

/** The result of `tools/list`, its answer, its tools alone, or one tool in each line. */
async function definitionsIn(path: string): Promise<readonly Listed[]> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new CodedError('TOOLS_UNREADABLE', path, error);
  });
  const text = (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString();
  const whole = parsed(text);
  const value = isObject(whole) && isObject(whole.result) ? whole.result : whole;
  const list = isObject(value) && Array.isArray(value.tools) ? value.tools : value;
  if (Array.isArray(list)) return list.map((row) => listed(row, path));
  if (isObject(list)) return [listed(list, path)];
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line, i) => listed(parsed(line), `${path}:${i + 1}`));
}

function listed(row: unknown, where: string): Listed {
  const name = isObject(row) ? (row.name ?? row.tool) : undefined;
  if (!isObject(row) || typeof name !== 'string') throw new CodedError('TOOLS_UNREADABLE', where);
  const { server, title, description, inputSchema, outputSchema, annotations } = row;
  return {
    ...(typeof server === 'string' ? { server } : {}),
    definition: {
      name,
      ...(typeof title === 'string' ? { title } : {}),
      ...(typeof description === 'string' ? { description } : {}),
      inputSchema,
      outputSchema,
      annotations,
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

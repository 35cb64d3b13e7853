import { CodedError, type InventoryView, nearest, type ToolView } from '@spoor/core';
import { hubApi } from '../../client.ts';
import type { Context } from '../../command.ts';

export interface Found {
  readonly server: string;
  readonly tool: ToolView;
}

export async function seenTools({ home }: Context): Promise<readonly Found[]> {
  const { servers } = await hubApi(home).get<InventoryView>('/api/v1/inventory');
  return servers.flatMap(({ name, tools }) => tools.map((tool) => ({ server: name, tool })));
}

/** The one that the words name. Throws TOOL_UNKNOWN. */
export async function namedTool(context: Context): Promise<Found> {
  const [word, server, tool, ...more] = context.words;
  if (server === undefined || tool === undefined || more.length > 0)
    throw new CodedError('USAGE', `tools ${word} SERVER TOOL`);
  const all = await seenTools(context);
  const found = all.find((one) => one.server === server && one.tool.name === tool);
  if (found !== undefined) return found;
  const names = all.map((one) => `${one.server} ${one.tool.name}`);
  const hint = names.length === 0 ? '' : `; did you mean ${nearest(`${server} ${tool}`, names)}?`;
  throw new CodedError('TOOL_UNKNOWN', `${server} ${tool}${hint}`);
}

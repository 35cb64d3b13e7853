import type { ServerView, ToolView } from '@spoor/core';
import { toolFields } from '../model/fields.ts';
import { type FilterTerm, matches } from '../model/filter.ts';

/** One line of the inventory: a server, or a tool below it. */
export interface InventoryRow {
  readonly id: string;
  readonly server: ServerView;
  readonly tool?: ToolView;
}

const isChanged = (tool: ToolView): boolean =>
  tool.change === 'changed' || tool.change === 'removed';

const rowId = (server: string, tool: string): string =>
  `${encodeURIComponent(server)}/${encodeURIComponent(tool)}`;

/** Servers in order of name, each followed by its tools: what changed first, then by name. */
export function inventoryRows(
  servers: readonly ServerView[],
  terms: readonly FilterTerm[],
): readonly InventoryRow[] {
  const sorted = [...servers].sort((a, b) => a.name.localeCompare(b.name));
  return sorted.flatMap((server) => {
    const tools = server.tools
      .filter((tool) => matches(terms, toolFields(server, tool)))
      .sort((a, b) => Number(isChanged(b)) - Number(isChanged(a)) || a.name.localeCompare(b.name));
    const own = { server: [server.name] };
    if (tools.length === 0 && !matches(terms, own)) return [];
    const rows = tools.map((tool) => ({ id: rowId(server.name, tool.name), server, tool }));
    return [{ id: rowId(server.name, ''), server }, ...rows];
  });
}

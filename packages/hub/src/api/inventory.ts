import type { PinView, ServerView, ToolView } from '@spoor/core';
import { type KnownTool, toolKey } from '../decide/definitions.ts';
import type { LabelStories } from '../decide/labelling.ts';
import { isBlocked } from '../decide/pinning.ts';

/** Servers with their tools as they were last defined. */
export function inventory(
  tools: readonly KnownTool[],
  stories: LabelStories,
  calls: Readonly<Record<string, number>>,
): ServerView[] {
  const servers = Map.groupBy(tools, ({ server }) => server);
  return [...servers].map(([name, known]) => ({
    name,
    transport: 'stdio',
    firstMs: Math.min(...known.map(({ firstMs }) => firstMs)),
    lastMs: Math.max(...known.map(({ lastMs }) => lastMs)),
    tools: known.map((tool) => toolView(tool, stories, calls)),
  }));
}

/** What is pinned of a tool, and what the owner has said. */
export const pinOf = (tool: KnownTool): PinView => ({
  digest: tool.facts.digest,
  pinned: tool.pinned,
  blocked: isBlocked(tool),
  ...(tool.said === undefined ? {} : { said: tool.said }),
  ...(tool.before === undefined ? {} : { before: tool.before }),
});

function toolView(
  tool: KnownTool,
  stories: LabelStories,
  calls: Readonly<Record<string, number>>,
): ToolView {
  const { server, facts } = tool;
  const key = toolKey(server, facts.name);
  // What has just been listed is in the store a moment before, or after, it is asked for.
  const { labels = facts.labels, sources = [] } = stories[key] ?? {};
  return {
    name: facts.name,
    labels,
    sources,
    change: facts.change ?? 'same',
    ...(facts.shadows === undefined ? {} : { shadows: facts.shadows }),
    ...(facts.collision === undefined ? {} : { collision: facts.collision }),
    pin: pinOf(tool),
    calls24h: calls[key] ?? 0,
    ...(facts.projection === undefined ? {} : { definition: facts.projection }),
  };
}

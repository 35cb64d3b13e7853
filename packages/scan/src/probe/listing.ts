import { isObject, LIMITS } from '@spoor/core';
import type { ToolDefinition } from '@spoor/detect';
import type { Conversation } from './conversation.ts';

/** All pages of a list; undefined where it did not come. */
export async function listOf(
  conversation: Conversation,
  method: string,
  member: string,
): Promise<readonly Readonly<Record<string, unknown>>[] | undefined> {
  const items: Readonly<Record<string, unknown>>[] = [];
  let cursor: unknown;
  for (let page = 0; page < LIMITS.scanPagesMax; page++) {
    const params = cursor === undefined ? {} : { cursor };
    const answer = await conversation.request(method, params);
    if (answer.status !== 'result' || !isObject(answer.result)) return undefined;
    const list = answer.result[member];
    if (Array.isArray(list)) items.push(...list.filter(isObject));
    cursor = answer.result.nextCursor;
    if (typeof cursor !== 'string' || cursor === '') break;
  }
  return items;
}

export async function toolsOf(
  conversation: Conversation,
): Promise<readonly ToolDefinition[] | undefined> {
  const list = await listOf(conversation, 'tools/list', 'tools');
  return list?.flatMap((tool) =>
    typeof tool.name === 'string' ? [tool as unknown as ToolDefinition] : [],
  );
}

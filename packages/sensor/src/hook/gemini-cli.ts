import { isObject } from '@spoor/core';
import { matcherSettings } from './claude-format.ts';
import {
  type HookEvent,
  type HookHost,
  type HookJson,
  mcpName,
  textOf,
  type Verdict,
} from './host.ts';

const EVENTS = [
  ['SessionStart', false],
  ['BeforeAgent', false],
  ['BeforeTool', true],
  ['AfterTool', true],
] as const;

/** It can deny and cannot ask. */
export const geminiCli: HookHost = {
  name: 'gemini-cli',
  asks: () => false,
  before: ['BeforeTool'],
  read: readEvent,
  answer: (_name, verdict: Verdict) =>
    verdict.kind === 'none' ? {} : { decision: 'deny', reason: verdict.text },
  settings: (command) => ({
    file: '~/.gemini/settings.json',
    // Milliseconds.
    content: matcherSettings(EVENTS, command, 120_000),
  }),
};

function readEvent(event: HookJson, name: string): HookEvent {
  const session = textOf(event, 'session_id');
  const tool = { session, ...toolOf(event), args: event.tool_input ?? {} };
  if (name === 'BeforeAgent') return { kind: 'prompt', session, text: textOf(event, 'prompt') };
  if (name === 'BeforeTool') return { kind: 'before', ...tool };
  if (name !== 'AfterTool') return { kind: 'other', session };
  const response = event.tool_response;
  const failed = isObject(response) && response.error !== undefined && response.error !== null;
  return { kind: 'after', ...tool, result: response ?? {}, failed };
}

/** The context of an MCP tool says its server and name; without it the joined name has to do. */
function toolOf(event: HookJson): { readonly server?: string; readonly tool: string } {
  const context = event.mcp_context;
  if (isObject(context)) {
    const server = textOf(context, 'server_name');
    const tool = textOf(context, 'tool_name');
    if (server !== '' && tool !== '') return { server, tool };
  }
  return mcpName(textOf(event, 'tool_name'));
}

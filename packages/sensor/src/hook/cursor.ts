import {
  type HookEvent,
  type HookHost,
  type HookJson,
  type HookTool,
  parsed,
  textOf,
  type Verdict,
} from './host.ts';

const BEFORE = ['beforeShellExecution', 'beforeMCPExecution', 'beforeReadFile'];
const EVENTS = [
  'sessionStart',
  'beforeSubmitPrompt',
  ...BEFORE,
  'afterShellExecution',
  'afterMCPExecution',
  'afterFileEdit',
];

export const cursor: HookHost = {
  name: 'cursor',
  asks: () => true,
  before: BEFORE,
  read: readEvent,
  answer: answerTo,
  settings: (command) => ({
    file: '~/.cursor/hooks.json',
    content: {
      version: 1,
      hooks: Object.fromEntries(EVENTS.map((event) => [event, [{ command }]])),
    },
  }),
};

function readEvent(event: HookJson, name: string): HookEvent {
  const session = textOf(event, 'conversation_id');
  switch (name) {
    case 'beforeSubmitPrompt':
      return { kind: 'prompt', session, text: textOf(event, 'prompt') };
    case 'beforeShellExecution':
      return { kind: 'before', session, ...shell(event) };
    case 'afterShellExecution':
      return { kind: 'after', session, ...shell(event), result: event.output, failed: false };
    case 'beforeMCPExecution':
      return goesThroughSpoor(event)
        ? { kind: 'other', session }
        : { kind: 'before', session, ...mcp(event) };
    case 'afterMCPExecution':
      return {
        kind: 'after',
        session,
        ...mcp(event),
        result: parsed(event.result_json),
        failed: false,
      };
    case 'beforeReadFile':
      return { kind: 'before', session, ...file('read_file', event), result: event.content };
    case 'afterFileEdit':
      return { kind: 'done', session, ...file('edit', event), result: {} };
    default:
      return { kind: 'other', session };
  }
}

const shell = (event: HookJson): HookTool => ({
  tool: 'shell',
  args: { command: textOf(event, 'command') },
});

const file = (tool: string, event: HookJson): HookTool => {
  const { file_path, edits } = event;
  return { tool, args: { file_path, ...(edits === undefined ? {} : { edits }) } };
};

/** Cursor says how the server is reached and, in some versions, its name before the tool's. */
function mcp(event: HookJson): HookTool {
  const name = textOf(event, 'tool_name');
  const [, server = 'cursor-mcp', tool = name] = /^MCP:([^:]+):(.+)$/s.exec(name) ?? [];
  return { server, tool, args: parsed(event.tool_input) };
}

/** A server whose command is ours is seen by its wrapper. */
const goesThroughSpoor = (event: HookJson): boolean =>
  /(^|[\\/\s"'])spoor(-launch)?(\.[cm]?js)?["']? run(\s|$)/.test(textOf(event, 'command'));

function answerTo(name: string, verdict: Verdict): object {
  if (verdict.kind === 'none') return name === 'beforeSubmitPrompt' ? { continue: true } : {};
  return { permission: verdict.kind, user_message: verdict.text, agent_message: verdict.text };
}

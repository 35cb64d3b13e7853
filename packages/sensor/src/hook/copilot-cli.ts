import {
  type HookEvent,
  type HookHost,
  type HookJson,
  mcpName,
  parsed,
  textOf,
  type Verdict,
} from './host.ts';

const EVENTS = ['sessionStart', 'userPromptSubmitted', 'preToolUse', 'postToolUse'];

/** GitHub Copilot's command line and cloud agent. */
export const copilotCli: HookHost = {
  name: 'copilot-cli',
  asks: () => false,
  before: ['preToolUse'],
  read: readEvent,
  answer: answerTo,
  settings: (command) => ({
    file: '~/.copilot/hooks/spoor.json',
    // It does not tell its events' names, so each command does.
    content: {
      version: 1,
      hooks: Object.fromEntries(
        EVENTS.map((event) => [
          event,
          [{ type: 'command', bash: `${command} ${event}`, timeoutSec: 120 }],
        ]),
      ),
    },
  }),
};

function readEvent(event: HookJson, name: string): HookEvent {
  const session = textOf(event, 'sessionId', 'session_id');
  const tool = {
    session,
    ...mcpName(textOf(event, 'toolName', 'tool_name')),
    args: parsed(event.toolArgs ?? event.tool_input),
  };
  if (name === 'userPromptSubmitted')
    return { kind: 'prompt', session, text: textOf(event, 'prompt') };
  if (name === 'preToolUse') return { kind: 'before', ...tool };
  if (name !== 'postToolUse') return { kind: 'other', session };
  const result = event.toolResult ?? {};
  const failed =
    typeof result === 'object' && 'resultType' in result && result.resultType === 'failure';
  return { kind: 'after', ...tool, result, failed };
}

function answerTo(_name: string, verdict: Verdict): object {
  if (verdict.kind === 'none') return {};
  return { permissionDecision: verdict.kind, permissionDecisionReason: verdict.text };
}

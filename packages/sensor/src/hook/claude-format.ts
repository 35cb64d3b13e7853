import {
  type HookEvent,
  type HookHost,
  type HookJson,
  type HookSettings,
  mcpName,
  textOf,
  type Verdict,
} from './host.ts';

interface Flavour {
  readonly name: string;
  readonly asks: boolean;
  /** Does it take `updatedInput`? */
  readonly modifies?: true;
  settings(command: string): HookSettings;
}

/**
 * The hook protocol of Claude Code, which several hosts speak: events as JSON with `tool_name`,
 * `tool_input` and `tool_use_id`, decisions in `hookSpecificOutput`.
 */
export const claudeFormat = ({ name, asks, modifies, settings }: Flavour): HookHost => ({
  name,
  ...(modifies === undefined ? {} : { modifies }),
  asks: (event) => asks && !UNASKED.has(textOf(event, 'permission_mode')),
  before: ['PreToolUse'],
  read: readEvent,
  answer: answerTo,
  settings,
});

/** In these its user has chosen not to be asked, and silence would be taken for consent. */
const UNASKED: ReadonlySet<string> = new Set(['bypassPermissions', 'dontAsk']);

function readEvent(event: HookJson, name: string): HookEvent {
  const session = textOf(event, 'session_id', 'sessionId');
  const callId = textOf(event, 'tool_use_id');
  const tool = {
    session,
    ...mcpName(textOf(event, 'tool_name')),
    args: event.tool_input ?? {},
    ...(callId === '' ? {} : { callId }),
  };
  switch (name) {
    case 'UserPromptSubmit':
      return { kind: 'prompt', session, text: textOf(event, 'prompt') };
    case 'PreToolUse':
      return { kind: 'before', ...tool };
    case 'PostToolUse':
      return { kind: 'after', ...tool, result: event.tool_response ?? {}, failed: false };
    case 'PostToolUseFailure':
      return { kind: 'after', ...tool, result: event.error ?? {}, failed: true };
    default:
      return { kind: 'other', session };
  }
}

function answerTo(name: string, verdict: Verdict): object {
  if (verdict.kind === 'none') return {};
  const isModified = verdict.kind === 'modify';
  return {
    hookSpecificOutput: {
      hookEventName: name,
      // Its user sees what is left: a hook never grants a permission.
      permissionDecision: isModified ? 'ask' : verdict.kind,
      ...(isModified ? { updatedInput: verdict.args } : {}),
      permissionDecisionReason: verdict.text,
    },
  };
}

/** The layout of its settings: events, each with matchers, each with commands. */
export function matcherSettings(
  events: readonly (readonly [event: string, isTool: boolean])[],
  command: string,
  timeout: number,
): object {
  const hooks = [{ type: 'command', command, timeout }];
  const entries = events.map(([event, isTool]) => [
    event,
    [{ ...(isTool ? { matcher: '*' } : {}), hooks }],
  ]);
  return { hooks: Object.fromEntries(entries) };
}

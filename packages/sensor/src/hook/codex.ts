import { claudeFormat, matcherSettings } from './claude-format.ts';
import type { HookHost } from './host.ts';

const EVENTS = [
  ['SessionStart', false],
  ['UserPromptSubmit', false],
  ['PreToolUse', true],
  ['PostToolUse', true],
] as const;

/** Its schema knows the decision `ask`; that it asks is not documented, so the hub does. */
export const codex: HookHost = claudeFormat({
  name: 'codex',
  asks: false,
  settings: (command) => ({
    file: '~/.codex/hooks.json',
    content: matcherSettings(EVENTS, command, 120),
  }),
});

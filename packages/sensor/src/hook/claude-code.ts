import { claudeFormat, matcherSettings } from './claude-format.ts';
import type { HookHost } from './host.ts';

const EVENTS = [
  ['SessionStart', false],
  ['UserPromptSubmit', false],
  ['PreToolUse', true],
  ['PostToolUse', true],
  ['PostToolUseFailure', true],
] as const;

export const claudeCode: HookHost = claudeFormat({
  name: 'claude-code',
  asks: true,
  modifies: true,
  settings: (command) => ({
    file: '~/.claude/settings.json',
    // Seconds; a person may be asked at the hub.
    content: matcherSettings(EVENTS, command, 120),
  }),
});

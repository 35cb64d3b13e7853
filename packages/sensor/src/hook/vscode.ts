import { claudeFormat } from './claude-format.ts';
import type { HookHost } from './host.ts';

const EVENTS = ['SessionStart', 'UserPromptSubmit', 'PreToolUse', 'PostToolUse'];

export const vscode: HookHost = claudeFormat({
  name: 'vscode',
  asks: true,
  settings: (command) => ({
    file: '~/.copilot/hooks/spoor.json',
    content: {
      hooks: Object.fromEntries(
        EVENTS.map((event) => [event, [{ type: 'command', command, timeout: 120 }]]),
      ),
    },
  }),
});

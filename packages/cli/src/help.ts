import type { Command, Flag, Output } from './command.ts';
import { COMMANDS } from './commands.ts';
import { paint } from './output.ts';

export function generalHelp(out: Output): string {
  const lines = [
    `${paint(out, 'bold', 'spoor')} follows the trail that AI agents leave through MCP servers, and stops the bad ones.`,
    '',
    'Usage: spoor <command> [flags]',
  ];
  for (const group of ['Protect', 'Look', 'Prove', 'Run'] as const) {
    lines.push('', paint(out, 'bold', group));
    for (const [name, entry] of Object.entries(COMMANDS)) {
      if (entry.group === group) lines.push(`  ${name.padEnd(10)}${entry.summary}`);
    }
  }
  lines.push(
    '',
    'spoor help <command> says more. State lies in SPOOR_HOME, or ~/.local/state/spoor.',
  );
  return lines.join('\n');
}

export function commandHelp(
  name: string,
  command: Command,
  common: Readonly<Record<string, Flag>>,
  out: Output,
): string {
  const flags = Object.entries({ ...command.flags, ...common });
  const shown = flags.map(
    ([flag, { placeholder }]) => `--${flag}${placeholder === undefined ? '' : ` ${placeholder}`}`,
  );
  const width = Math.max(...shown.map((text) => text.length)) + 2;
  return [
    command.summary,
    '',
    `Usage: spoor ${name} ${command.usage}`.trimEnd(),
    '',
    paint(out, 'bold', 'Flags'),
    ...flags.map(([, { help }], i) => `  ${(shown[i] ?? '').padEnd(width)}${help}`),
    ...(command.more === undefined ? [] : ['', command.more]),
  ].join('\n');
}

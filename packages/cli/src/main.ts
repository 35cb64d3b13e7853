import { parseArgs } from 'node:util';
import { CodedError, nearest } from '@spoor/core';
import { locateHome } from '@spoor/edge/home';
import type { Command, Flag } from './command.ts';
import { COMMANDS } from './commands.ts';
import { commandHelp, generalHelp } from './help.ts';
import { paint, terminalOutput } from './output.ts';
import { VERSION } from './version.ts';

const COMMON: Readonly<Record<string, Flag>> = {
  help: { type: 'boolean', help: 'Show this help' },
  json: { type: 'boolean', help: 'Answer in JSON' },
};

/** Runs one command; resolves with the exit code. */
async function main(args: readonly string[]): Promise<number> {
  const out = terminalOutput(process.env);
  const [name = '', ...rest] = args;
  if (name === '' || name === '--help' || name === '-h' || name === 'help') {
    const asked = rest[0] === undefined ? undefined : COMMANDS[rest[0]];
    out.line(
      asked === undefined
        ? generalHelp(out)
        : commandHelp(rest[0] ?? '', await asked.load(), COMMON, out),
    );
    return name === '' ? 2 : 0;
  }
  if (name === '--version' || name === 'version') {
    out.line(VERSION);
    return 0;
  }
  const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (entry === undefined) {
    throw new CodedError(
      'USAGE',
      `no command ${name}; did you mean ${nearest(name, Object.keys(COMMANDS))}?`,
    );
  }
  const command = await entry.load();
  const { flags, words, after } = parse(command, rest);
  if (flags.help === true) {
    out.line(commandHelp(name, command, COMMON, out));
    return 0;
  }
  return command.run({
    flags,
    words,
    rest: after,
    env: process.env,
    home: locateHome(process.env),
    out,
  });
}

function parse(
  command: Command,
  args: readonly string[],
): { flags: Record<string, string | boolean | undefined>; words: string[]; after: string[] } {
  const split = args.indexOf('--');
  const own = split < 0 ? [...args] : args.slice(0, split);
  const options = Object.fromEntries(
    Object.entries({ ...COMMON, ...command.flags }).map(([flag, { type, multiple }]) => [
      flag,
      { type, multiple: multiple === true },
    ]),
  );
  try {
    const { values, positionals } = parseArgs({ args: own, options, allowPositionals: true });
    return {
      flags: Object.fromEntries(
        Object.entries(values).map(([flag, value]) => [
          flag,
          Array.isArray(value) ? value.join(',') : value,
        ]),
      ),
      words: positionals,
      after: split < 0 ? [] : args.slice(split + 1),
    };
  } catch (error) {
    throw new CodedError('USAGE', (error as Error).message);
  }
}

function report(error: unknown): number {
  const out = terminalOutput(process.env);
  if (!(error instanceof CodedError)) {
    out.note(`spoor: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return 70;
  }
  out.note(`${paint(out, 'red', `spoor: ${error.code}`)} ${error.message}`);
  out.note(`  ${error.row.hint}`);
  return error.row.exit;
}

// A reader that closes the pipe early, like `head`, is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const code = await main(process.argv.slice(2)).catch(report);
process.exitCode = code;

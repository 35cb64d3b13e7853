import { CodedError } from '@spoor/core';
import type { Command, Context } from './command.ts';

/** One word after the command's name. Imported only when it is called. */
export interface Subcommand {
  /** What stands after its name. */
  readonly usage: string;
  /** One line. */
  readonly summary: string;
  load(): Promise<(context: Context) => Promise<number>>;
}

interface Options extends Pick<Command, 'summary' | 'flags'> {
  /** The command's own name. */
  readonly name: string;
  readonly subcommands: Readonly<Record<string, Subcommand>>;
  /** Which one is meant where none is named. */
  readonly otherwise?: string;
  /** What stands after the list of subcommands in the help text. */
  readonly more: readonly string[];
}

/** A command that does nothing but through its subcommands. */
export function withSubcommands(options: Options): Command {
  const { name, summary, flags, subcommands, otherwise = '', more } = options;
  const names = Object.keys(subcommands);
  const words = names.join(' | ');
  return {
    usage: `${otherwise === '' ? words : `[${words}]`} [flags]`,
    summary,
    flags,
    more: ['Subcommands:', ...Object.entries(subcommands).flatMap(described), '', ...more].join(
      '\n',
    ),
    run: async (context) => {
      const [action = otherwise] = context.words;
      const chosen = Object.hasOwn(subcommands, action) ? subcommands[action] : undefined;
      if (chosen === undefined) throw new CodedError('USAGE', `${name} ${names.join(', ')}`);
      return (await chosen.load())(context);
    },
  };
}

const described = ([name, { usage, summary }]: readonly [
  string,
  Subcommand,
]): readonly string[] => [`  ${name} ${usage}`.trimEnd(), `      ${summary}`];

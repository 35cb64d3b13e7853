import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { STORIES, storyNamed } from './stories.ts';
import type { Story } from './story.ts';

export interface HostOptions {
  readonly story: Story;
  readonly workdir: string;
  readonly renamed: boolean;
  readonly json: boolean;
  /** Put in front of every server command; `{server}` stands for the server's name. */
  readonly prefix: readonly string[];
  /** Reads the prompt from stdin. Empty: nobody is told. */
  readonly intent: readonly string[];
}

export type ParsedOptions =
  | { readonly status: 'ok'; readonly options: HostOptions }
  | { readonly status: 'invalid'; readonly message: string };

const NAMES = STORIES.map(({ name }) => name).join('|');

export const USAGE: string = `host.ts --story ${NAMES} --workdir FOLDER
  --rename         serve our own tools under neutral names
  --json           log one JSON object per call
  --prefix JSON    command in front of each server, ["a","{server}"]; [] for none
  --intent JSON    command that is told the prompt on stdin; [] for none
`;

const SPOOR = fileURLToPath(new URL('../../packages/cli/bin/spoor.mjs', import.meta.url));

const DEFAULT_PREFIX = [process.execPath, SPOOR, 'run', '--name', '{server}', '--'];
const DEFAULT_INTENT = [process.execPath, SPOOR, 'intent'];

/** A command as a JSON array of words: no shell takes part, so nothing needs quoting twice. */
const wordsOf = (text: string): readonly string[] | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((word) => typeof word === 'string')
      ? value
      : undefined;
  } catch {
    return undefined;
  }
};

const invalid = (message: string): ParsedOptions => ({ status: 'invalid', message });

type Flags = ReturnType<typeof readFlags>;

const readFlags = (argv: readonly string[]) =>
  parseArgs({
    args: [...argv],
    options: {
      story: { type: 'string' },
      workdir: { type: 'string' },
      rename: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      prefix: { type: 'string' },
      intent: { type: 'string' },
    },
  }).values;

const check = (flags: Flags): ParsedOptions => {
  const story = storyNamed(flags.story ?? '');
  if (story === undefined) return invalid('--story names no story');
  if (flags.workdir === undefined) return invalid('--workdir is missing');
  const prefix = flags.prefix === undefined ? DEFAULT_PREFIX : wordsOf(flags.prefix);
  const intent = flags.intent === undefined ? DEFAULT_INTENT : wordsOf(flags.intent);
  if (prefix === undefined || intent === undefined) return invalid('a command is not a JSON array');
  const { workdir, rename: renamed, json } = flags;
  return { status: 'ok', options: { story, workdir, renamed, json, prefix, intent } };
};

export const parseOptions = (argv: readonly string[]): ParsedOptions => {
  try {
    return check(readFlags(argv));
  } catch (error) {
    return invalid(error instanceof Error ? error.message : String(error));
  }
};

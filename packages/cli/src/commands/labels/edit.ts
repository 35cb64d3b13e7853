import { readFile, rename, writeFile } from 'node:fs/promises';
import { CodedError, isLabel, LABELS, type Label, nearest } from '@spoor/core';
import { editLabels, type LabelEdit } from '@spoor/detect';
import { prepareHome } from '@spoor/edge/home';
import type { Context } from '../../command.ts';
import { visible } from '../../output.ts';
import { ownersPath, toldHub } from './owner.ts';

export async function set(context: Context): Promise<number> {
  const { words, flags } = context;
  const [, server, tool, ...names] = words;
  const word = flags.add === true ? 'add' : flags.remove === true ? 'remove' : 'set';
  const none = flags.none === true;
  if (server === undefined || tool === undefined || (names.length === 0) !== none)
    throw new CodedError('USAGE', 'labels set SERVER TOOL LABEL…, or --none');
  if ((flags.add === true && flags.remove === true) || (none && word !== 'set'))
    throw new CodedError('USAGE', 'one of --add, --remove and --none');
  return edit(context, { server, tool, word, labels: names.map(labelOf) });
}

export function unset(context: Context): Promise<number> {
  const [, server, tool, ...more] = context.words;
  if (server === undefined || tool === undefined || more.length > 0)
    throw new CodedError('USAGE', 'labels unset SERVER TOOL');
  return edit(context, { server, tool, word: 'unset', labels: [] });
}

/** What stood before comes back, and what stood is kept in its place. */
export async function undo(context: Context): Promise<number> {
  if (context.words.length > 1) throw new CodedError('USAGE', 'labels undo');
  const path = await ownersPath(context);
  const before = await textOf(beforeOf(path));
  if (before === undefined) throw new CodedError('NOTHING_TO_UNDO', path);
  await replace(path, before);
  return told(context, path, 'The file is as it was before the last change.');
}

async function edit(context: Context, change: LabelEdit): Promise<number> {
  const path = await ownersPath(context);
  prepareHome(context.home);
  const edited = editLabels((await textOf(path)) ?? '', path, change);
  const about = `${change.server} ${change.tool}`;
  if (edited === undefined) throw new CodedError('TOOL_UNKNOWN', `no entry for ${about}`);
  await replace(path, edited);
  const did = change.word === 'unset' ? 'No more is said of' : 'Said of';
  return told(context, path, `${did} ${visible(about)}.`);
}

async function told(context: Context, file: string, done: string): Promise<number> {
  const hub = await toldHub(context);
  if (context.flags.json === true) context.out.json({ file, hub });
  else {
    context.out.line(`${done} ${visible(file)}`);
    if (!hub) context.out.line('No hub runs; the next one reads it.');
  }
  return 0;
}

function labelOf(name: string): Label {
  if (isLabel(name)) return name;
  throw new CodedError('USAGE', `label ${name}; did you mean ${nearest(name, LABELS)}?`);
}

const beforeOf = (path: string): string => `${path}.before`;

/** Undefined where there is no such file. */
const textOf = (path: string): Promise<string | undefined> =>
  readFile(path, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new CodedError('CONFIG_UNREADABLE', path, error);
  });

/** Whole or not at all; what stood there lies beside it. */
async function replace(path: string, text: string): Promise<void> {
  const write = async (to: string, content: string): Promise<void> => {
    await writeFile(`${to}.next`, content, { mode: 0o600, flush: true });
    await rename(`${to}.next`, to);
  };
  try {
    const stood = (await textOf(path)) ?? '';
    await write(path, text);
    await write(beforeOf(path), stood);
  } catch (error) {
    if (error instanceof CodedError) throw error;
    throw new CodedError('LABELS_UNWRITABLE', path, error);
  }
}

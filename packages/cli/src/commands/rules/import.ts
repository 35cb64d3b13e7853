import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError } from '@spoor/core';
import { IMPORT_FORMATS, type ImportOutcome, importRules } from '@spoor/hub/rules';
import type { Context } from '../../command.ts';
import { paint, visible } from '../../output.ts';

/** Rules of others become files of ours; each that does not, or not wholly, is named. */
export async function importFrom(context: Context): Promise<number> {
  const { flags, words } = context;
  const format = IMPORT_FORMATS.find((one) => one === words[1]);
  const path = words[2];
  if (format === undefined || path === undefined)
    throw new CodedError('USAGE', `rules import ${IMPORT_FORMATS.join('|')} PATH`);
  const { files, outcomes } = importRules(format, await filesAt(path));
  const folder = typeof flags.out === 'string' ? flags.out : undefined;
  if (folder !== undefined) await writeAll(folder, files);
  const counts = { imported: 0, partly: 0, refused: 0 };
  for (const { status } of outcomes) counts[status]++;
  report(context, outcomes, counts, folder);
  return counts.refused > 0 || outcomes.length === 0 ? 1 : 0;
}

function report(
  context: Context,
  outcomes: readonly ImportOutcome[],
  counts: Readonly<Record<ImportOutcome['status'], number>>,
  folder: string | undefined,
): void {
  const { out, flags } = context;
  if (flags.json === true) {
    out.json({ counts, outcomes, written: folder ?? null });
    return;
  }
  for (const outcome of outcomes) if (outcome.status !== 'imported') say(context, outcome);
  const parts = Object.entries(counts).map(([status, count]) => `${count} ${status}`);
  const where = folder === undefined ? '; --out writes them' : `, written to ${folder}`;
  out.line(`${outcomes.length} rules: ${parts.join(', ')}${where}`);
}

function say({ out }: Context, { source, title, status, notes }: ImportOutcome): void {
  const colour = status === 'partly' ? 'yellow' : 'red';
  out.line(`${paint(out, colour, status)} ${visible(source)}: ${visible(title)}`);
  for (const note of notes) out.line(`    ${visible(note)}`);
}

async function filesAt(path: string): Promise<{ path: string; text: string }[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [{ path, text: await readFile(path, 'utf8') }];
    const names = await readdir(path, { recursive: true });
    const found = names.filter((name) => /\.ya?ml$/.test(name)).sort();
    const read = found.map(async (name) => ({
      path: name,
      text: await readFile(join(path, name), 'utf8'),
    }));
    return await Promise.all(read);
  } catch (error) {
    throw new CodedError('RULES_UNREADABLE', path, error);
  }
}

/** A file that is there already is not written over: it may be somebody's own work. */
async function writeAll(
  folder: string,
  files: readonly { readonly path: string; readonly text: string }[],
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const { path, text } of files) {
    await writeFile(join(folder, path), text, { flag: 'wx' }).catch((error: unknown) => {
      throw new CodedError('RULES_UNWRITABLE', join(folder, path), error);
    });
  }
}

import { randomBytes } from 'node:crypto';
import { chmod, chown, lstat, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CodedError } from '@spoor/core';
import { type ClientText, digestOf } from '@spoor/edge/clients';

/**
 * Puts other text into a configuration, in one step and only if it is still what was read. Follows
 * links of the user's own and keeps mode and group. Throws CLIENT_CONFIG_UNSAFE,
 * CLIENT_CONFIG_CHANGED or CLIENT_CONFIG_UNWRITABLE.
 */
export async function replaceText(path: string, read: ClientText, text: string): Promise<void> {
  await checkOwn(path, read);
  const { realPath } = read;
  const draft = join(
    dirname(realPath),
    `.${basename(realPath)}.spoor-${randomBytes(6).toString('hex')}`,
  );
  try {
    await writeDraft(draft, read, text);
    if (digestOf(await readFile(realPath)) !== read.digest) {
      throw new CodedError('CLIENT_CONFIG_CHANGED', path);
    }
    await rename(draft, realPath);
  } catch (error) {
    await rm(draft, { force: true });
    if (error instanceof CodedError) throw error;
    throw new CodedError('CLIENT_CONFIG_UNWRITABLE', path, error);
  }
}

/**
 * The file, its folder and the link that leads there must be the user's own: else somebody else
 * could decide what is written, or where.
 */
async function checkOwn(path: string, { realPath, uid }: ClientText): Promise<void> {
  const own = process.getuid?.();
  if (own === undefined) return;
  const owners: readonly (readonly [string, number])[] = [
    [path, (await lstat(path)).uid],
    [realPath, uid],
    [dirname(realPath), (await stat(dirname(realPath))).uid],
  ];
  const foreign = owners.find(([, owner]) => owner !== own);
  if (foreign === undefined) return;
  throw new CodedError('CLIENT_CONFIG_UNSAFE', `${foreign[0]} belongs to uid ${foreign[1]}`);
}

async function writeDraft(draft: string, read: ClientText, text: string): Promise<void> {
  await using file = await open(draft, 'wx', 0o600);
  await file.writeFile(text);
  await file.sync();
  if (process.platform === 'win32') return;
  const { gid } = await file.stat();
  if (gid !== read.gid) await chown(draft, read.uid, read.gid);
  await chmod(draft, read.mode & 0o7777);
}

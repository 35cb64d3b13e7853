import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  copyFile,
  link,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
} from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { CodedError } from '@spoor/core';
import { PACKAGE_FOLDER, RULES_FOLDER, WEB_FOLDER } from '../places.ts';
import { VERSION } from '../version.ts';
import { closureOf } from './closure.ts';

/** Copies that stay when a new one is made: wrapped servers may still run from them. */
const COPIES_KEPT = 3;

const COPIED_AT_ONCE = 16;

/** What a package has at its top beside what runs. */
const NOT_COPIED: ReadonlySet<string> = new Set(['node_modules', 'test', 'coverage', '.cache']);

/** What no program reads: half of all files. Sources of others are among them, licences are not. */
const isIdle = (path: string): boolean =>
  /\.map$|\.d\.[cm]?ts$|node_modules.*\.[cm]?ts$/.test(path) ||
  (/\.(?:md|markdown)$/i.test(path) && !/licen[cs]e|notice|copying/i.test(path));

const NONE: ReadonlySet<string> = new Set();

export interface Installed {
  /** The script that Node starts. */
  readonly main: string;
  /** The Node that came along, where Spoor runs on that. */
  readonly node: string | undefined;
  /** False where Spoor is left where it is: its parts are scattered. */
  readonly copied: boolean;
}

/**
 * Puts a copy of this Spoor under `folder`, named by version and content. What happens later to the
 * place it was installed from (an update, `npm ci`, a pruned cache) then breaks no wrapped server.
 */
export async function installCopy(folder: string): Promise<Installed> {
  const closure = await closureOf(PACKAGE_FOLDER);
  const here = join(PACKAGE_FOLDER, 'bin', 'spoor.mjs');
  if (closure === undefined) return { main: here, node: undefined, copied: false };
  const { root } = closure;
  const folders = [...closure.folders, relative(root, RULES_FOLDER), relative(root, WEB_FOLDER)];
  const files = (await Promise.all(folders.map((one) => filesOf(root, one)))).flat();
  const unique = [...new Set(files)].sort();
  const name = `${VERSION}-${await digest(root, unique)}`;
  const target = join(folder, name);
  const nodeFrom = process.execPath.startsWith(`${root}${sep}`) ? process.execPath : undefined;
  const installed: Installed = {
    main: join(target, relative(root, here)),
    node: nodeFrom === undefined ? undefined : join(target, relative(root, nodeFrom)),
    copied: true,
  };
  if (await isFile(installed.main)) return installed;
  const draft = join(folder, `.draft-${randomBytes(6).toString('hex')}`);
  for (let at = 0; at < unique.length; at += COPIED_AT_ONCE) {
    const some = unique.slice(at, at + COPIED_AT_ONCE);
    await Promise.all(some.map((file) => copy(join(root, file), join(draft, file))));
  }
  for (const { from, to } of closure.links) {
    await mkdir(dirname(join(draft, from)), { recursive: true });
    await symlink(relative(dirname(join(draft, from)), join(draft, to)), join(draft, from), 'dir');
  }
  if (nodeFrom !== undefined) await takeNode(nodeFrom, join(draft, relative(root, nodeFrom)));
  if (!(await runs(join(draft, relative(root, here))))) {
    await rm(draft, { recursive: true, force: true });
    throw new CodedError('LAUNCHER_UNUSABLE', 'the copy of Spoor does not run');
  }
  await rename(draft, target);
  await prune(folder, name);
  return installed;
}

/** Loads what a wrapped server needs, all but its start. */
async function runs(main: string): Promise<boolean> {
  const child = spawn(process.execPath, [main, 'help', 'run'], { stdio: 'ignore' });
  return new Promise((resolve) => {
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );

/** Every file below a folder, relative to the root; none where the folder is missing. */
async function filesOf(root: string, folder: string, skip = NOT_COPIED): Promise<string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
  const found: string[] = [];
  for (const entry of entries) {
    if (skip.has(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...(await filesOf(root, path, NONE)));
    else if (entry.isFile() && !isIdle(path)) found.push(path);
  }
  return found;
}

async function digest(root: string, files: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) {
    const content = await readFile(join(root, file));
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex').slice(0, 12);
}

async function copy(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  await copyFile(from, to);
}

/** A second name for the same file where the disk allows it: a Node is over a hundred megabytes. */
async function takeNode(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  await link(from, to).catch(() => copyFile(from, to));
}

async function prune(folder: string, current: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name !== current && !name.startsWith('.'));
  const dated = await Promise.all(
    names.map(async (name) => ({ name, timeMs: (await stat(join(folder, name))).mtimeMs })),
  );
  dated.sort((a, b) => b.timeMs - a.timeMs);
  for (const { name } of dated.slice(COPIES_KEPT - 1)) {
    await rm(join(folder, name), { recursive: true, force: true });
  }
}

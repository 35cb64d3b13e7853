import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LIMITS } from '@spoor/core';
import type { Unread } from './analyse.ts';

/** A file of the tree, as text. */
export interface SourceFile {
  /** From the root, with `/`. */
  readonly path: string;
  readonly text: string;
}

export interface Tree {
  readonly files: readonly SourceFile[];
  readonly unread: readonly Unread[];
}

/** What others wrote, what a build wrote, and what is no source. */
const SKIPPED = /^(?:node_modules|\.git|\.hg|\.svn|coverage|\.next|\.turbo|\.cache|\.yarn|vendor)$/;
const BUILT = /^(?:dist|build|out|lib|esm|cjs)$/;

export const isCode = (path: string): boolean =>
  /\.[cm]?[jt]sx?$/.test(path) && !/\.d\.[cm]?ts$|\.min\.[cm]?js$/.test(path);

const isConfiguration = (path: string): boolean =>
  /(?:^|\/)(?:package\.json|Dockerfile[\w.-]*|[\w.-]*\.Dockerfile|\.env[\w.-]*|[\w.-]*\.env)$|\.ya?ml$/.test(
    path,
  );

const isTest = (path: string): boolean =>
  /(?:^|\/)(?:__tests__|__mocks__|tests?|spec|fixtures)\/|\.(?:test|spec)\.[cm]?[jt]sx?$/.test(
    path,
  );

/** Where there is so much more of what was built, that is all there is but for some entries. */
const MOSTLY_BUILT = 6;

/** Reads a tree: no link is followed, and what is left out is named with its reason. */
export async function readTree(root: string, options: { readonly tests: boolean }): Promise<Tree> {
  const all = await walk(root);
  const { paths, unread } = all;
  const built = (path: string): boolean =>
    path
      .split('/')
      .slice(0, -1)
      .some((one) => BUILT.test(one));
  const own = paths.filter((path) => !built(path));
  // A published package has nothing but what was built; then that is its source.
  const isSource = paths.filter(isCode).length <= MOSTLY_BUILT * own.filter(isCode).length;
  const wanted = isSource ? own : onePerModule(paths);
  const chosen = wanted.filter((path) => options.tests || !isTest(path));
  const { files, left } = await readAll(root, chosen);
  return { files, unread: [...unread, ...left] };
}

/** Packages ship the same code for several module systems: one of them is enough. */
function onePerModule(paths: readonly string[]): readonly string[] {
  const code = paths.filter(isCode);
  const folders = ['build/src', 'dist', 'build', 'lib', 'out', 'esm', 'cjs'];
  const first = folders.find((folder) => code.some((path) => path.startsWith(`${folder}/`)));
  if (first === undefined) return paths;
  const inside = code.filter((path) => path.startsWith(`${first}/`));
  const isEsm = inside.some((path) => /\.m?js$/.test(path));
  const oneForm = inside.filter((path) => !isEsm || !path.endsWith('.cjs'));
  const alike = new Map<string, string>();
  for (const path of oneForm) {
    const key = path.replaceAll(/(?:^|\/)(?:esm|cjs|esnext)(?=\/)/g, '').replace(/\.[cm]?js$/, '');
    if (!alike.has(key)) alike.set(key, path);
  }
  return [...paths.filter((path) => !isCode(path)), ...alike.values()];
}

interface Walked {
  readonly paths: string[];
  readonly unread: Unread[];
}

async function walk(root: string): Promise<Walked> {
  const found: Walked = { paths: [], unread: [] };
  const waiting: Folder[] = [{ folder: '', depth: 0 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    waiting.push(...(await enter(root, next, found)));
    if (found.paths.length > LIMITS.sourceFilesMax) break;
  }
  found.paths.sort();
  const over = found.paths.splice(LIMITS.sourceFilesMax);
  if (over.length > 0) found.unread.push({ path: over[0] ?? '', why: 'there are too many files' });
  return found;
}

interface Folder {
  readonly folder: string;
  readonly depth: number;
}

/** Takes what is wanted in a folder; answers with the folders in it. */
async function enter(root: string, { folder, depth }: Folder, found: Walked): Promise<Folder[]> {
  if (depth > LIMITS.sourceFolderDepthMax) {
    found.unread.push({ path: folder, why: 'it lies too deep' });
    return [];
  }
  const inner: Folder[] = [];
  for (const one of await list(root, folder, found)) {
    const path = folder === '' ? one.name : `${folder}/${one.name}`;
    if (!one.isDirectory()) take(one, path, found);
    else if (!SKIPPED.test(one.name)) inner.push({ folder: path, depth: depth + 1 });
  }
  return inner;
}

function take(one: Entry, path: string, { paths, unread }: Walked): void {
  // A link without an extension may lead to a folder.
  const isLink = one.isSymbolicLink() && !one.name.includes('.');
  if (!isWanted(path) && !isLink) return;
  if (one.isFile()) paths.push(path);
  else unread.push({ path, why: 'it is a link, and links are not followed' });
}

const isWanted = (path: string): boolean => isCode(path) || isConfiguration(path);

async function list(root: string, folder: string, { unread }: Walked): ReturnType<typeof entries> {
  try {
    return await entries(join(root, folder));
  } catch {
    unread.push({ path: folder === '' ? '.' : folder, why: 'the folder cannot be read' });
    return [];
  }
}

const entries = (folder: string): Promise<Entry[]> => readdir(folder, { withFileTypes: true });
type Entry = import('node:fs').Dirent;

async function readAll(
  root: string,
  paths: readonly string[],
): Promise<{ readonly files: SourceFile[]; readonly left: Unread[] }> {
  const files: SourceFile[] = [];
  const left: Unread[] = [];
  let bytes = 0;
  for (const path of paths) {
    const read = await readOne(join(root, path), LIMITS.sourceBytesMax - bytes);
    if ('why' in read) left.push({ path, why: read.why });
    else {
      bytes += Buffer.byteLength(read.text);
      files.push({ path, text: read.text });
    }
  }
  return { files, left };
}

type Read = { readonly text: string } | { readonly why: string };

async function readOne(path: string, bytesLeft: number): Promise<Read> {
  try {
    const { size, isFile } = await lstat(path).then((stat) => ({
      size: stat.size,
      isFile: stat.isFile(),
    }));
    if (!isFile) return { why: 'it is no ordinary file' };
    if (size > LIMITS.sourceFileBytesMax) return { why: 'it is too large' };
    if (size > bytesLeft) return { why: 'the tree is too large' };
    const bytes = await readFile(path);
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch (error) {
    return { why: error instanceof TypeError ? 'it is no text' : 'it cannot be read' };
  }
}

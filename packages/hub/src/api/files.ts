import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';

/** Static files: the built UI, and the log as C2SP lays it out. */

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** Undefined where there is no such file, or where the path leads out of the folder. */
export async function readUnder(folder: string, path: string): Promise<Buffer | undefined> {
  const target = normalize(join(folder, path));
  if (!target.startsWith(normalize(`${folder}/`)) || path.includes('\0')) return undefined;
  try {
    return await readFile(target);
  } catch {
    return undefined;
  }
}

export const typeOf = (path: string): string => TYPES[extname(path)] ?? 'application/octet-stream';

/** Only what the tlog-tiles layout names; the vault beside it is never served. */
export const isLogPath = (path: string): boolean =>
  /^(checkpoint(\.cosigned)?|pruned|tile\/(entries|\d{1,2})\/(x\d{3}\/){0,6}\d{3}(\.p\/\d{1,3})?)$/.test(
    path,
  );

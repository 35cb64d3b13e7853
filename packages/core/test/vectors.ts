import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Test vectors made by others; they lie beside the project, not in it. */
const VECTORS =
  process.env.SPOOR_VECTORS ??
  fileURLToPath(new URL('../../../../shared/vectors', import.meta.url));

/** Says so plainly where they are absent; tests then have nothing to run. */
export function hasVectors(path: string): boolean {
  const found = existsSync(`${VECTORS}/${path}`);
  if (!found) console.warn(`SKIPPED: no vectors at ${VECTORS}/${path}`);
  return found;
}

export const readVector = (path: string): Uint8Array => readFileSync(`${VECTORS}/${path}`);

export const readJsonVector = (path: string): unknown =>
  JSON.parse(readFileSync(`${VECTORS}/${path}`, 'utf8'));

/** Names of the files in a folder of vectors. */
export const listVectors = (folder: string): readonly string[] =>
  readdirSync(`${VECTORS}/${folder}`).sort();

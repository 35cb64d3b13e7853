import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Test vectors made by others; they lie beside the project, not in it. */
const VECTORS =
  process.env.SPOOR_VECTORS ??
  fileURLToPath(new URL('../../../../shared/vectors', import.meta.url));

/** Says so plainly where they are absent; tests then have nothing to run. */
export function hasVectors(folder: string): boolean {
  const found = existsSync(`${VECTORS}/${folder}`);
  if (!found) console.warn(`SKIPPED: no vectors at ${VECTORS}/${folder}`);
  return found;
}

export const readVector = (path: string): string => readFileSync(`${VECTORS}/${path}`, 'utf8');

export const readVectorBytes = (path: string): Buffer => readFileSync(`${VECTORS}/${path}`);

/** Paths of all files below a folder of vectors. */
export function listVectors(folder: string): string[] {
  return readdirSync(`${VECTORS}/${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(`${VECTORS}/${folder}/${path}`).isFile())
    .map((path) => `${folder}/${path}`);
}

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Test vectors made by others; they lie beside the project, not in it. */
const VECTORS =
  process.env.SPOOR_VECTORS ??
  fileURLToPath(new URL('../../../../shared/vectors', import.meta.url));

/** Undefined, and plainly said so, where the file is absent; tests then have nothing to run. */
export function readVector(path: string): unknown {
  if (existsSync(`${VECTORS}/${path}`)) {
    return JSON.parse(readFileSync(`${VECTORS}/${path}`, 'utf8'));
  }
  console.warn(`SKIPPED: no vectors at ${VECTORS}/${path}`);
  return undefined;
}

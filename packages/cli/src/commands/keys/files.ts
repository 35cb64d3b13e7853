import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Home } from '@spoor/edge/home';

export const textOf = (path: string): string | undefined =>
  existsSync(path) ? readFileSync(path, 'utf8') : undefined;

export const verifierKeyPath = (home: Home): string => join(home.ledgerState, 'log.vkey');
export const checkpointPath = (home: Home): string => join(home.ledger, 'checkpoint');

/** Old content or new, whenever it is read. */
export function replaceText(path: string, text: string): void {
  writeFileSync(`${path}.tmp`, text, { mode: 0o600 });
  renameSync(`${path}.tmp`, path);
}

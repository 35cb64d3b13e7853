import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CodedError } from '@spoor/core';
import type { Home } from '@spoor/edge';
import { destroyFile } from '@spoor/edge/overwrite';
import type { Journal } from './questions.ts';

export const journalPath = ({ ledgerState }: Pick<Home, 'ledgerState'>): string =>
  join(ledgerState, 'shredding.json');

/** From here on it will be done, however often the hub is stopped. */
export function writeJournal(path: string, journal: Journal): void {
  const next = `${path}.next`;
  writeFileSync(next, JSON.stringify(journal), { mode: 0o600, flush: true });
  renameSync(next, path);
}

/** @throws CodedError CONFIG_UNREADABLE: what was promised to go must not be forgotten. */
export function readJournal(path: string): Journal | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new CodedError('CONFIG_UNREADABLE', path, error);
  }
  try {
    return JSON.parse(text) as Journal;
  } catch (error) {
    throw new CodedError('CONFIG_UNREADABLE', path, error);
  }
}

export const endJournal = (path: string): void => destroyFile(path);

import type { VerifyResult } from '@spoor/ledger/verify';
import { countText, dateTimeText } from '../model/words.ts';
import type { Kept } from './kept.ts';

/** What a verification came to, in words that claim no more than was checked. */
export interface AuditWords {
  readonly tone: 'ok' | 'warn' | 'bad';
  readonly title: string;
  readonly detail: string;
}

const KEY_NOTE =
  'The key that was used came from this hub: compare it with one that was kept elsewhere.';

/** @param kept The older checkpoint that the log was compared with, if any. */
export function auditWords(result: VerifyResult, kept: Kept | undefined): AuditWords {
  if (result.status === 'tampered') return tamperedWords(result);
  if (result.status === 'rolled-back') {
    const expected = countText(result.expectedSize, 'entry', 'entries');
    return {
      tone: 'bad',
      title: `Cut: ${result.size.toLocaleString('en')} of ${expected}`,
      detail:
        'The log is shorter than a checkpoint that it signed and this browser kept. ' +
        'Entries were removed, or an old copy was restored.',
    };
  }
  const entries = countText(result.size, 'entry', 'entries');
  if (result.status === 'stale') {
    return {
      tone: 'warn',
      title: `Verified but stale: ${entries}`,
      detail: `The newest entry is of ${dateTimeText(result.newestMs)}. Is the hub running?`,
    };
  }
  if (result.status === 'unwitnessed' || kept === undefined) {
    return {
      tone: 'warn',
      title: `Verified (unwitnessed): ${entries}`,
      detail:
        'Every entry, hash and signature fits. Nobody else vouches for the length yet, so a cut ' +
        `end could not be seen. ${KEY_NOTE}`,
    };
  }
  return {
    tone: 'ok',
    title: `Verified: ${entries}`,
    detail:
      `Every entry, hash and signature fits, and the log still begins with the ` +
      `${countText(kept.size, 'entry', 'entries')} that this browser verified at ` +
      `${dateTimeText(kept.atMs)}. Later entries are unwitnessed. ${KEY_NOTE}`,
  };
}

function tamperedWords(result: VerifyResult & { readonly status: 'tampered' }): AuditWords {
  const where =
    result.index === undefined ? 'Broken' : `Broken at entry ${result.index.toLocaleString('en')}`;
  return {
    tone: 'bad',
    title: where,
    detail: `${result.path}: ${result.why}. Keep the files as they are and compare with a copy.`,
  };
}

/** The line that repeats the verification without this page and without the hub. */
export const verifyCommand = (path: string): string =>
  `spoor ledger verify --dir ${shellWord(path)}`;

/** The same for one entry: the whole log first, then the entry as the log has it. */
export const entryCommand = (path: string, index: number): string =>
  `${verifyCommand(path)}; spoor ledger show ${index} --dir ${shellWord(path)}`;

const shellWord = (word: string): string =>
  /^[\w./@:+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

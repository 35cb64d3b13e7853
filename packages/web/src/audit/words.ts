import type { VerifyResult } from '@spoor/ledger/verify';
import { countText, dateTimeText } from '../model/words.ts';
import type { Looked } from './cosigned.ts';
import type { Kept } from './kept.ts';

/** What a verification came to, in words that claim no more than was checked. */
export interface AuditWords {
  readonly tone: 'ok' | 'warn' | 'bad';
  readonly title: string;
  readonly detail: string;
}

const KEY_NOTE =
  'The key that was used came from this hub: compare it with one that was kept elsewhere.';

const NOBODY: Looked = { kind: 'nobody' };

/** @param kept The older checkpoint that the log was compared with, if any. */
export function auditWords(
  result: VerifyResult,
  kept: Kept | undefined,
  looked: Looked = NOBODY,
): AuditWords {
  const words = wordsOf(result, kept, looked);
  if (!('pruned' in result) || result.pruned === undefined) return words;
  const { minimum, atMs, entry } = result.pruned;
  const below = `Entries below ${minimum.toLocaleString('en')} were pruned on`;
  const said = `as entry ${entry.toLocaleString('en')} says; their hashes fit`;
  return { ...words, detail: `${words.detail} ${below} ${dateTimeText(atMs)}, ${said}.` };
}

function wordsOf(result: VerifyResult, kept: Kept | undefined, looked: Looked): AuditWords {
  if (result.status === 'tampered') return tamperedWords(result);
  if (result.status === 'rolled-back') return cutWords(result, kept);
  const entries = countText(result.size, 'entry', 'entries');
  const fits = `Every entry, hash and signature fits${keptText(kept)}.`;
  if (looked.kind === 'failed') {
    return {
      tone: 'warn',
      title: `Verified, witnesses not looked at: ${entries}`,
      detail: `${fits} What witnesses say could not be looked at: ${looked.why}. ${KEY_NOTE}`,
    };
  }
  if (result.status === 'stale') return staleWords(result, looked);
  if (looked.kind === 'looked' && looked.quorum !== undefined && result.status === 'ok') {
    return vouchedWords(result.size, fits, looked.relied, looked.quorum);
  }
  if (result.status === 'unwitnessed' || kept === undefined) {
    const nobody =
      looked.kind === 'looked' && looked.relied === 'you'
        ? 'No witness that you know vouches'
        : 'Nobody else vouches';
    return {
      tone: 'warn',
      title: `Verified (unwitnessed): ${entries}`,
      detail:
        `${fits} ${nobody} for the length yet, so a cut end could not be seen` +
        `${kept === undefined ? '' : ' beyond what this browser kept'}. ${KEY_NOTE}`,
    };
  }
  return {
    tone: 'ok',
    title: `Verified: ${entries}`,
    detail: `${fits} Later entries are unwitnessed. ${KEY_NOTE}`,
  };
}

const keptText = (kept: Kept | undefined): string =>
  kept === undefined
    ? ''
    : `, and the log still begins with the ${countText(kept.size, 'entry', 'entries')} that ` +
      `this browser verified at ${dateTimeText(kept.atMs)}`;

function cutWords(
  result: VerifyResult & { readonly status: 'rolled-back' },
  kept: Kept | undefined,
): AuditWords {
  const expected = countText(result.expectedSize, 'entry', 'entries');
  const who = result.expectedSize === kept?.size ? 'this browser kept' : 'witnesses have cosigned';
  return {
    tone: 'bad',
    title: `Cut: ${result.size.toLocaleString('en')} of ${expected}`,
    detail:
      `The log is shorter than a checkpoint that it signed and ${who}. ` +
      'Entries were removed, or an old copy was restored.',
  };
}

function staleWords(
  result: VerifyResult & { readonly status: 'stale' },
  looked: Looked,
): AuditWords {
  const title = `Verified but stale: ${countText(result.size, 'entry', 'entries')}`;
  const quorum = looked.kind === 'looked' ? looked.quorum : undefined;
  if (quorum?.isOld === true) {
    const first = countText(quorum.size, 'entry', 'entries');
    return {
      tone: 'warn',
      title,
      detail:
        `Witnesses vouch for the first ${first}, but have said so last at ` +
        `${dateTimeText(quorum.timeMs)}. What came after that may be missing.`,
    };
  }
  return {
    tone: 'warn',
    title,
    detail: `The newest entry is of ${dateTimeText(result.newestMs)}. Is the hub running?`,
  };
}

type Quorum = NonNullable<(Looked & { readonly kind: 'looked' })['quorum']>;

function vouchedWords(
  size: number,
  fits: string,
  relied: 'you' | 'hub',
  quorum: Quorum,
): AuditWords {
  const first = countText(quorum.size, 'entry', 'entries');
  const who = relied === 'you' ? 'A witness that you know vouches' : 'Enough witnesses vouch';
  const later = size > quorum.size ? ' Later ones are not vouched for yet.' : '';
  const whose =
    relied === 'you'
      ? ''
      : ' The keys came from this hub: add one below that you know from elsewhere.';
  return {
    tone: 'ok',
    title: `Verified: ${countText(size, 'entry', 'entries')}`,
    detail: `${fits} ${who} for the first ${first}, last at ${dateTimeText(quorum.timeMs)}.${later}${whose}`,
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

/**
 * The same with those witnesses, whose keys then stand in the line.
 * @param policy C2SP tlog-policy; undefined where there is no witness.
 */
export function witnessedCommand(path: string, policy: string | undefined): string {
  if (policy === undefined) return verifyCommand(path);
  const [, name, key, quorum] = /^witness (\S+) (\S+)\nquorum (\S+)\n$/.exec(policy) ?? [];
  if (key !== undefined && name === quorum) {
    return `${verifyCommand(path)} --witness ${shellWord(key)}`;
  }
  const lines = policy.trimEnd().split('\n').map(shellWord).join(' ');
  const write = `printf '%s\\n' ${lines} > witnesses.policy`;
  return `${write} && ${verifyCommand(path)} --witness witnesses.policy`;
}

/** The same for one entry: the whole log first, then the entry as the log has it. */
export const entryCommand = (path: string, index: number): string =>
  `${verifyCommand(path)}; spoor ledger show ${index} --dir ${shellWord(path)}`;

const shellWord = (word: string): string =>
  /^[\w./@:+=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

import { describe, expect, it } from 'vitest';
import type { Kept } from '../../src/audit/kept.ts';
import {
  auditWords,
  entryCommand,
  verifyCommand,
  witnessedCommand,
} from '../../src/audit/words.ts';

const facts = {
  origin: 'log',
  size: 1_204_331,
  root: new Uint8Array(32),
  epochs: 1,
  recovered: [],
  unanswered: { count: 0, first: [], isPartial: false },
};
const kept: Kept = { verifierKey: 'k', checkpoint: '', size: 900, atMs: 0 };

describe('auditWords', () => {
  it('says unwitnessed in the title where nobody else vouches for the length', () => {
    const words = auditWords({ status: 'unwitnessed', ...facts }, undefined);
    expect(words.title).toBe('Verified (unwitnessed): 1,204,331 entries');
    expect(words.tone).toBe('warn');
  });

  it('says what an older checkpoint does not cover', () => {
    const words = auditWords({ status: 'ok', ...facts }, kept);
    expect(words).toMatchObject({ tone: 'ok', title: 'Verified: 1,204,331 entries' });
    expect(words.detail).toContain('900 entries that this browser verified');
    expect(words.detail).toContain('Later entries are unwitnessed');
  });

  it('says which entries were pruned, and which entry says so', () => {
    const pruned = { minimum: 1024, atMs: 1_790_000_000_000, kept: 9, entry: 1_204_000 };
    const words = auditWords({ status: 'ok', ...facts, pruned }, kept);
    expect(words).toMatchObject({ tone: 'ok', title: 'Verified: 1,204,331 entries' });
    expect(words.detail).toContain('Entries below 1,024 were pruned on');
    expect(words.detail).toContain('as entry 1,204,000 says');
  });

  it('names the first broken entry', () => {
    const broken = { status: 'tampered', path: 'tile/0/000', why: 'it is missing' } as const;
    expect(auditWords({ ...broken, index: 88_120 }, undefined).title).toBe(
      'Broken at entry 88,120',
    );
    expect(auditWords(broken, undefined)).toMatchObject({ tone: 'bad', title: 'Broken' });
  });

  it('tells a cut log from a tampered one', () => {
    const cut = { status: 'rolled-back', size: 10, expectedSize: 900 } as const;
    expect(auditWords(cut, kept).title).toBe('Cut: 10 of 900 entries');
  });
});

it('quotes a path for the shell', () => {
  expect(verifyCommand('/a/b')).toBe('spoor ledger verify --dir /a/b');
  expect(verifyCommand("/a b/c'd")).toBe("spoor ledger verify --dir '/a b/c'\\''d'");
});

it('shows one entry after the whole log was verified', () => {
  expect(entryCommand('/a', 7)).toBe('spoor ledger verify --dir /a; spoor ledger show 7 --dir /a');
});

it('repeats the verification with the same witnesses', () => {
  const verify = 'spoor ledger verify --dir /a';
  expect(witnessedCommand('/a', undefined)).toBe(verify);
  expect(witnessedCommand('/a', 'witness w n.example+0a+BA/=\nquorum w\n')).toBe(
    `${verify} --witness n.example+0a+BA/=`,
  );
  const two = 'witness v a+0a+BA\nwitness w b+0b+BA\ngroup g all v w\nquorum g\n';
  expect(witnessedCommand('/a', two)).toBe(
    "printf '%s\\n' 'witness v a+0a+BA' 'witness w b+0b+BA' 'group g all v w' 'quorum g' " +
      `> witnesses.policy && ${verify} --witness witnesses.policy`,
  );
});

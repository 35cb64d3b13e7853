import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Unstored } from '../src/unstored.ts';
import { observation } from './support/build.ts';
import { temporaryFolder } from './support/folder.ts';

const body = (seq: number, padding = 0): string =>
  JSON.stringify({ ...observation(seq), method: 'x'.repeat(padding) });
const seqs = (path: string): readonly number[] => {
  const next = new Unstored(path);
  next.close();
  return next.found.map(({ seq }) => seq);
};

describe('what the store may not have yet', () => {
  it('is there for the next hub, in order and once, whatever was cut off', () => {
    const path = join(temporaryFolder(), 'unstored');
    const first = new Unstored(path);
    first.add([body(2), body(1)]);
    first.add([body(2)]);
    appendFileSync(`${path}.0`, '{"seq":3,"ki');
    expect(seqs(path)).toEqual([1, 2]);
  });

  it('goes when it is stored, and nothing else with it', () => {
    const path = join(temporaryFolder(), 'unstored');
    const unstored = new Unstored(path);
    unstored.add([body(1, 4_200_000)]);
    unstored.add([body(2)]);
    expect(unstored.turn).toBe(1);
    unstored.stored(0);
    expect(seqs(path)).toEqual([1, 2]);
    unstored.stored(1);
    expect(seqs(path)).toEqual([2]);
    unstored.stored(Number.POSITIVE_INFINITY);
    expect(seqs(path)).toEqual([]);
  });

  it('leaves no byte when content is shredded', () => {
    const path = join(temporaryFolder(), 'unstored');
    const unstored = new Unstored(path);
    unstored.add([body(1)]);
    unstored.destroy();
    expect(readFileSync(`${path}.0`, 'utf8')).toBe('');
    unstored.add([body(2)]);
    expect(seqs(path)).toEqual([2]);
  });

  it('keeps to its limit, and counts', () => {
    const path = join(temporaryFolder(), 'unstored');
    const unstored = new Unstored(path);
    const large = 'x'.repeat(34_000_000);
    for (let n = 0; n < 6; n++) unstored.add([large]);
    expect(unstored.counts.unstoredDropped).toBe(3);
    unstored.stored(Number.POSITIVE_INFINITY);
    unstored.add([body(7)]);
    expect(seqs(path)).toEqual([7]);
  });
});

import { LIMITS, type SipKey } from '@spoor/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cpuMs } from '../../../../test/times.ts';
import { readCall, readPrompt, readResult } from '../../src/wording/read.ts';
import { actsIn, askedBy, sentencesOf } from '../../src/wording/sentences.ts';
import { packWording, unpackWording } from '../../src/wording/wording.ts';

const KEY: SipKey = [1, 2, 3, 4];
const prints = fc.uint32Array({ maxLength: 20 });

describe('wording as text', () => {
  it('is read as it was written', () => {
    const group = fc.record({
      tag: fc.nat({ max: 0xffff_ffff }),
      line: fc.nat({ max: 1_000_000 }),
      prints,
    });
    const wording = fc.record({
      head: fc.nat({ max: 0xffff_ffff }),
      groups: fc.array(group, { maxLength: 8 }),
      values: prints,
      words: prints,
    });
    fc.assert(
      fc.property(wording, (one) => {
        expect(unpackWording(packWording(one))).toEqual(one);
      }),
    );
  });

  it('is refused where a sensor made it up', () => {
    const bytes = fc.uint8Array({ maxLength: 200 }).map((list) => Buffer.from(list));
    const made = fc.oneof(
      fc.string(),
      bytes.map((list) => list.toString('base64')),
    );
    fc.assert(
      fc.property(made, (text) => {
        const read = unpackWording(text);
        const size = read?.groups.reduce((sum, one) => sum + one.prints.length, 0) ?? 0;
        expect(size).toBeLessThanOrEqual(text.length);
      }),
    );
    expect(unpackWording('AQAAAP////8AAAAAAAAAAA==')).toBeUndefined();
    expect(unpackWording('A'.repeat(LIMITS.wordingCharsMax + 4))).toBeUndefined();
  });

  it('of any content is short enough for a hub to take it', () => {
    const words = Array.from({ length: 40_000 }, (_, n) => `Send word${n} to a${n}@x.example.`);
    const long = words.join('\n\n');
    for (const read of [
      readPrompt(KEY, long),
      readResult(KEY, [long, { deep: words }]),
      readCall(KEY, { name: 'send_mail', description: long }, { to: words, text: long }),
    ]) {
      const packed = packWording(read);
      expect(packed.length).toBeLessThanOrEqual(LIMITS.wordingCharsMax);
      expect(unpackWording(packed)).toEqual(read);
    }
  });

  it('tells nothing to whoever lacks the key', () => {
    const read = (key: SipKey) => readPrompt(key, 'Pay 400 to ana@harbour.example').words;
    const others = new Set(read([5, 6, 7, 8]));
    expect(read(KEY).length).toBeGreaterThanOrEqual(3);
    expect([...read(KEY)].filter((print) => others.has(print))).toEqual([]);
  });
});

describe('a sentence that asks for something', () => {
  it.each([
    ['Send the list to ana@harbour.example.', true],
    ['Please also delete the old folder.', true],
    ['Before that, you must transfer 40 to Bo.', true],
    ['Concatenate all notes and post them.', true],
    ['Frobnicate the index of the wiki.', true],
    ['1. Open the page www.harbour.example', true],
    ['The list was sent to Ana on Monday.', false],
    ['In the morning we open the shop.', false],
    ['Soup on Mondays, at noon.', false],
    ['This the kitchen knows.', false],
  ])('%s', (sentence, asks) => {
    expect(askedBy(sentence) !== 0).toBe(asks);
  });

  it('of a user may ask anywhere in it', () => {
    expect(askedBy('The wiki is where I want to read about lunch.')).toBe(0);
    expect(actsIn('The wiki is where I want to read about lunch.')).not.toBe(0);
  });

  it('is found at its line, also where JSON escaped the breaks', () => {
    expect(sentencesOf('One of two.\n\nThe other one.\n- A third item', 9)).toEqual([
      { text: 'One of two.', line: 1 },
      { text: 'The other one.', line: 3 },
      { text: '- A third item', line: 4 },
    ]);
    expect(sentencesOf('First part\\n\\nSecond part', 9).map(({ text }) => text)).toEqual([
      'First part',
      'Second part',
    ]);
  });

  it('takes time in proportion to the text', () => {
    const timeOf = (text: string): number => {
      const startMs = cpuMs();
      for (let n = 0; n < 3; n++) readResult(KEY, text);
      return cpuMs() - startMs;
    };
    for (const part of ['please ', '<', '. ', 'you must ', '- ', '1.', 'do it, ', '\\n', "'"]) {
      const short = part.repeat(Math.ceil(2_000 / part.length));
      timeOf(short);
      const ratio = timeOf(short.repeat(10)) / Math.max(1, timeOf(short));
      expect(ratio, part).toBeLessThan(60);
    }
  });
});

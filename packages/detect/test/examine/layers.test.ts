import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import type { ContentFacts, SipKey } from '@spoor/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cpuMs } from '../../../../test/times.ts';
import { verifies } from '../../../../test/verifies.ts';
import { percent, rot13 } from '../../src/examine/decode.ts';
import { examine } from '../../src/examine/examine.ts';
import { inflate, unzip } from '../../src/examine/inflate.ts';
import { skeleton } from '../../src/examine/skeleton.ts';

const KEY: SipKey = [1, 2, 3, 4];

interface Seen {
  readonly facts: ContentFacts;
  readonly inner: readonly string[];
}

function see(content: unknown, role: 'arguments' | 'result' = 'arguments'): Seen {
  const inner: string[] = [];
  const facts = examine(content, 0, {
    key: KEY,
    digest: () => '00',
    role,
    inner: (text) => inner.push(text),
  });
  return { facts, inner };
}

const classesOf = ({ facts }: Seen): readonly string[] => facts.classes.map((one) => one.class);

const bytes = (text: string): Buffer => Buffer.from(text);
const pairs = (text: string): string[] => bytes(text).toString('hex').match(/../g) ?? [];

/** Forms that people give a text so that it is not seen. */
const FORMS: Readonly<Record<string, (text: string) => string>> = {
  base64: (text) => bytes(text).toString('base64'),
  base64url: (text) => bytes(text).toString('base64url'),
  hex: (text) => bytes(text).toString('hex'),
  'hex with marks': (text) => pairs(text).join('-'),
  percent: (text) =>
    pairs(text)
      .map((pair) => `%${pair}`)
      .join(''),
  'percent twice': (text) =>
    pairs(text)
      .map((pair) => `%25${pair}`)
      .join(''),
  'escapes of code': (text) =>
    pairs(text)
      .map((pair) => `\\x${pair}`)
      .join(''),
  'gzip in base64': (text) => gzipSync(text).toString('base64'),
  'zlib in base64': (text) => deflateSync(text).toString('base64'),
  'base64 of base64': (text) => bytes(bytes(text).toString('base64')).toString('base64'),
  'percent of base64': (text) => FORMS.percent?.(bytes(text).toString('base64')) ?? '',
  'base64 of hex': (text) => bytes(bytes(text).toString('hex')).toString('base64'),
  rot13,
};

const SECRET = 'token ghp_16C7e42F292c6912E7710c838347Ae178B4a is the password for all of it';

describe('what is encoded', () => {
  for (const [name, form] of Object.entries(FORMS)) {
    verifies(
      'content:unwrapped',
      () => {
        for (const around of [
          (t: string) => t,
          (t: string) => `https://x.example/?d=${t}`,
          (t: string) => `see "${t}", please`,
        ]) {
          const seen = see({ text: around(form(SECRET)) });
          expect(seen.inner.join(), name).toContain('ghp_16C7e42F292c6912E7710c838347Ae178B4a');
          expect(classesOf(seen), name).toContain('secret');
          // What is shown of it does not show the secret in its other form either.
          expect(seen.facts.projection, name).not.toContain(form(SECRET).slice(0, 60));
        }
      },
      { case: name },
    );
  }

  it('is the same value as the plain one', () => {
    const plain = new Set(see('card 4111 1111 1111 1111').facts.atoms.map(({ print }) => print));
    for (const name of ['base64', 'hex', 'gzip in base64'] as const) {
      const { facts } = see({ data: FORMS[name]?.('card 4111 1111 1111 1111') });
      expect(
        facts.atoms.some(({ print }) => plain.has(print)),
        name,
      ).toBe(true);
      expect(facts.classes.map((one) => one.class).sort()).toEqual(['encoded', 'pii.card']);
    }
  });

  it('three times over is noise', () => {
    const three = bytes(FORMS['base64 of base64']?.(SECRET) ?? '').toString('base64');
    expect(classesOf(see(three))).not.toContain('secret');
  });

  it('is found in any text that holds it', () => {
    const plain = fc
      .string({ unit: 'grapheme', minLength: 12, maxLength: 80 })
      .filter((text) => /^[^\p{C}]{12,}$/u.test(text) && text.trim() !== '' && text.isWellFormed());
    fc.assert(
      fc.property(plain, fc.constantFrom('base64', 'base64url', 'gzip in base64'), (text, name) => {
        const encoded = FORMS[name]?.(text) ?? '';
        expect(see(`a ${encoded} b`).inner).toContain(text);
      }),
      { numRuns: 500 },
    );
  });

  it('is not seen in what is none', () => {
    const ordinary = [
      '550e8400-e29b-41d4-a716-446655440000',
      '9fceb02d0ae598e95dc970b74767f19372d61af8',
      '2026-11-21T20:51:03.123Z 1732222263000 0x7fffffffffffffff',
      'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk',
      'getUserInformationFromDatabase src/components/SessionDetail/SessionHead.tsx',
      'sha512-Qx0bV2bkIGcHbOaGcSZ9vQ0VYV0WvQ5b6C1K0Zk3fVYx6h7+eQ0w2yYt0mI5rQ==',
      'ORDER-2026-000123-EU, invoice INV0000456789, part AB-1234-CD-5678-EF',
      'Straße, Überprüfung, Привет, 今日は, ελληνικά, naïve café, 100 % sure, 50%',
    ];
    for (const text of ordinary) expect(see(text).inner, text).toEqual([]);
  });

  it('costs no more than its limits', () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000, 'a')).toString('base64');
    const start = cpuMs();
    const many = see({ bomb, list: new Array(500).fill(FORMS.base64?.(SECRET)) });
    expect(cpuMs() - start).toBeLessThan(3_000);
    expect(many.facts.truncated).toBe(true);
    expect(many.inner.join('').length).toBeLessThanOrEqual(262_144);
    expect(see('а'.repeat(16_384)).inner).toEqual([]);
  });
});

describe('what looks like something else', () => {
  it.each([
    ['c\u0430t /\u0435tc/p\u0430sswd', 'cat /etc/passwd'],
    ['\uff32\uff4d -rf /home', 'Rm -rf /home'],
    ['AKIA\u200bIOS\u2060FODNN', 'AKIAIOSFODNN'],
    ['ﬁle', 'file'],
    ['Привет мир', undefined],
    ['naïve Straße 今日は', undefined],
    ['plain', undefined],
  ])('%s', (text, plain) => {
    expect(skeleton(text)).toBe(plain);
  });

  it('is read as it looks', () => {
    const seen = see({ key: 'ghp_16C7e42F29\u200b2c6912E7710c838347Ae178B4a' });
    expect(classesOf(seen)).toContain('secret');
    expect(seen.facts.hiddenText).toBe(true);
  });
});

it('a credential in parts is one', () => {
  const token = 'ghp_16C7e42F292c6912E7710c838347Ae178B4a';
  const parts = {
    kind: 'github',
    head: token.slice(0, 12),
    mid: token.slice(12, 30),
    end: token.slice(30),
  };
  expect(classesOf(see(parts))).toEqual(['secret']);
  expect(classesOf(see({ ...parts, mid: 'and a pause' }))).toEqual([]);
  expect(classesOf(see({ a: 'prefix', b: 'suffix', c: 'AKIA', d: 'names' }))).toEqual([]);
});

describe('inflating', () => {
  it('gives back what was deflated, by any strategy', () => {
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 2_000 }),
      fc
        .array(fc.constantFrom('the ', 'quick ', 'fox '), { maxLength: 600 })
        .map((words) => bytes(words.join(''))),
    );
    fc.assert(
      fc.property(anything, fc.constantFrom(0, 1, 6, 9), (data, level) => {
        const expected = Buffer.from(data);
        for (const zipped of [gzipSync(data, { level }), deflateSync(data, { level })])
          expect(Buffer.from(unzip(zipped, 100_000) ?? [])).toEqual(expected);
        expect(Buffer.from(inflate(deflateRawSync(data, { level }), 100) ?? [])).toEqual(
          expected.subarray(0, 100),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('ends on anything', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => {
        const out = inflate(noise, 1_000);
        expect(out === undefined || out.length <= 1_000).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });
});

it('percent-encoding that is broken stays as it is', () => {
  expect(percent('100 %, 5%zz')).toBeUndefined();
  expect(percent('a%20b%zz')).toBe('a b%zz');
});

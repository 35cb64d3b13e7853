import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSafeName, safeName } from '../src/names.ts';

const digest = (): string => '0123abcd';

describe('safeName', () => {
  it('lets plain names pass and gives the digest of all others', () => {
    expect(safeName('tools/call', digest)).toBe('tools/call');
    expect(safeName('x'.repeat(128), digest)).toBe('x'.repeat(128));
    for (const name of ['', 'two words', 'x'.repeat(129), 'Müller', 'a\nb', '~0123abcd', '<b>']) {
      expect(safeName(name, digest), name).toBe('~0123abcd');
    }
  });

  it('never lets a peer choose what looks like a digest', () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        expect(safeName(name, digest).startsWith('~')).toBe(!isSafeName(name));
      }),
    );
  });
});

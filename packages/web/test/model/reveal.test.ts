import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reveal, revealed } from '../../src/model/reveal.ts';

const INVISIBLE = /[^\P{C}\n\t]|\p{Zl}|\p{Zp}|\p{Default_Ignorable_Code_Point}/u;

describe('reveal', () => {
  it('leaves ordinary text of any script alone', () => {
    const text = 'Überweisung 送金 перевод\n\tत्र é';
    expect(reveal(text)).toEqual([{ text, mark: false }]);
  });

  it('spells out bidi overrides, zero-width characters, tags and controls', () => {
    expect(revealed('gpj\u202E.exe')).toBe('gpj⟨U+202E⟩.exe');
    expect(revealed('a\u200Bb')).toBe('a⟨U+200B⟩b');
    expect(revealed('\u{E0041}')).toBe('⟨U+E0041⟩');
    expect(revealed('\u001b[31m')).toBe('⟨U+001B⟩[31m');
    expect(revealed('\u3164')).toBe('⟨U+3164⟩');
    expect(revealed('x\uFE0F')).toBe('x⟨U+FE0F⟩');
    expect(revealed('\ud800')).toBe('⟨U+D800⟩');
  });

  it('spells out a stack of combining marks but not an accent', () => {
    expect(revealed('e\u0301')).toBe('e\u0301');
    expect(revealed(`e${'\u0301'.repeat(4)}`)).toBe('e\u0301\u0301⟨U+0301⟩⟨U+0301⟩');
  });

  it('shows no invisible character of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(revealed(text)).not.toMatch(INVISIBLE);
      }),
    );
  });

  it('loses nothing: what is not marked is in the text, in its order', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        let at = 0;
        for (const run of reveal(text, 1_000)) {
          const piece = run.mark
            ? String.fromCodePoint(Number.parseInt(run.text.slice(2), 16))
            : run.text;
          expect(text.startsWith(piece, at)).toBe(true);
          at += piece.length;
        }
        expect(at).toBe(text.length);
      }),
    );
  });

  it('cuts long text, says how much is missing, and splits no character', () => {
    expect(revealed('a'.repeat(10), 4)).toBe('aaaa⟨… 6 more⟩');
    expect(revealed('aaa😀', 4)).toBe('aaa⟨… 2 more⟩');
  });
});

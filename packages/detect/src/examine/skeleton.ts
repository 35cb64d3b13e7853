import { isHiddenAt } from './hidden.ts';

/**
 * Letters of other scripts that look like those of the Latin one, by what they look like (a part of
 * UTS #39's table: what passes for ASCII in any font).
 */
const ALIKE: ReadonlyMap<string, string> = new Map(
  Object.entries({
    a: 'аɑα',
    b: 'Ьƅ',
    c: 'сϲ',
    d: 'ԁ',
    e: 'еҽ',
    g: 'ɡ',
    h: 'һ',
    i: 'іıι',
    j: 'ј',
    k: 'κ',
    l: 'ӏ',
    n: 'ո',
    o: 'оοօ',
    p: 'рρ',
    q: 'ԛ',
    r: 'г',
    s: 'ѕ',
    t: 'τ',
    u: 'υս',
    v: 'ѵν',
    w: 'ѡԝ',
    x: 'хχ',
    y: 'уγ',
    A: 'АΑ',
    B: 'ВΒ',
    C: 'СϹ',
    E: 'ЕΕ',
    H: 'НΗ',
    I: 'ІΙӀ',
    J: 'Ј',
    K: 'КΚ',
    M: 'МΜ',
    N: 'Ν',
    O: 'ОΟ',
    P: 'РΡ',
    S: 'Ѕ',
    T: 'ТΤ',
    X: 'ХΧ',
    Y: 'ҮΥ',
    Z: 'Ζ',
  }).flatMap(([plain, alike]) => Array.from(alike, (one) => [one, plain] as const)),
);

/**
 * The text as a person reads it: compatibility forms (wide letters, ligatures) as plain ones,
 * without what is invisible, and letters of other scripts inside Latin words as what they look
 * like. Undefined where it is that already. Accents and other languages stay as they are.
 */
export function skeleton(text: string): string | undefined {
  const seen = withoutHidden(text).normalize('NFKC').replace(WORD, plainWord);
  return seen === text ? undefined : seen;
}

const WORD = /[\p{L}\p{M}]+/gu;
const LATIN = /[a-zA-Z]/;

/** Only a word that has letters of ASCII pretends to be one of theirs. */
const plainWord = (word: string): string =>
  LATIN.test(word) ? Array.from(word, (one) => ALIKE.get(one) ?? one).join('') : word;

function withoutHidden(text: string): string {
  let kept = '';
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) < 128 || !isHiddenAt(text, i)) continue;
    kept += text.slice(from, i);
    from = i + (text.charCodeAt(i) === 0xdb40 ? 2 : 1);
  }
  return from === 0 ? text : kept + text.slice(from);
}

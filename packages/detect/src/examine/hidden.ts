/**
 * Characters that a person does not see and a model reads. Unicode 17, UTS #39 and Trojan Source
 * (2021).
 */

/** Bidirectional overrides and isolates. */
const isBidi = (code: number): boolean =>
  (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);

/** Zero-width space, word joiner and its invisible kin, byte order mark inside text. */
const isZeroWidth = (code: number): boolean =>
  code === 0x200b || (code >= 0x2060 && code <= 0x2064) || code === 0xfeff || code === 0x180e;

const isAsciiLetter = (code: number): boolean => {
  const lower = code | 32;
  return lower >= 97 && lower <= 122;
};

/** Joiners shape Persian, Indic scripts and emoji; between Latin letters they only hide. */
const isJoinerMisused = (text: string, at: number): boolean =>
  isAsciiLetter(text.charCodeAt(at - 1)) && isAsciiLetter(text.charCodeAt(at + 1));

/** Tag characters (U+E0000…) and the variation selectors of the same plane carry hidden bytes. */
function isHiddenPlane(text: string, at: number): boolean {
  const low = text.charCodeAt(at + 1);
  const tag = low >= 0xdc00 && low <= 0xdc7f;
  // Flags of England, Scotland and Wales are emoji made of tags: they begin with a black flag.
  if (tag) return !text.slice(Math.max(0, at - 16), at).includes('\u{1f3f4}');
  const selector = low >= 0xdd00 && low <= 0xddef;
  return selector && text.charCodeAt(at - 1) < 0x2e80;
}

/** Is the character at `at`, which is not ASCII, one that hides? */
export function isHiddenAt(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code === 0xdb40) return isHiddenPlane(text, at);
  if (code < 0x180e) return false;
  if (code === 0x200c || code === 0x200d) return isJoinerMisused(text, at);
  return isBidi(code) || (isZeroWidth(code) && at > 0);
}

/**
 * What a character can be part of, as bits, so that a token knows at its end what it was made of.
 */
export const DIGIT = 1;
export const LOWER = 2;
export const UPPER = 4;
export const AT = 8;
export const SLASH = 16;
export const COLON = 32;
export const DOT = 64;
/** Other marks that stand inside identifiers, addresses and encodings. */
export const MARK = 128;
/** A letter or sign outside ASCII. */
export const WIDE = 256;
/** Only hides: breaks no word and is part of none. */
export const HIDDEN = 512;
/** Ends a token. */
export const BREAK = 0;

export const LETTER: number = LOWER | UPPER;
export const ALNUM: number = DIGIT | LETTER;

/** What stands in the codes of a text for characters outside ASCII. */
export const WIDE_CODE = 128;
export const WIDE_SPACE_CODE = 129;
export const HIDDEN_CODE = 130;
/** U+009B, which begins a terminal's control sequence as ESC [ does. */
export const CONTROL_CODE = 131;

/** Class of each code. */
export const CLASSES: Uint16Array = new Uint16Array(256);
for (let code = 48; code < 58; code++) CLASSES[code] = DIGIT;
for (let code = 65; code < 91; code++) CLASSES[code] = UPPER;
for (let code = 97; code < 123; code++) CLASSES[code] = LOWER;
for (const mark of '_-+%=~#&?$!*') CLASSES[mark.charCodeAt(0)] = MARK;
CLASSES[64] = AT;
CLASSES[47] = SLASH;
CLASSES[92] = SLASH;
CLASSES[58] = COLON;
CLASSES[46] = DOT;
CLASSES[WIDE_CODE] = WIDE;
CLASSES[HIDDEN_CODE] = HIDDEN;
CLASSES[CONTROL_CODE] = WIDE;

export const isSpace = (code: number): boolean => code === 32 || (code >= 9 && code <= 13);

/** Spaces beyond ASCII. */
export const isWideSpace = (code: number): boolean =>
  code === 0xa0 || code === 0x3000 || (code >= 0x2000 && code <= 0x200a) || code === 0x2028;

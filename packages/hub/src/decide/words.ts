/**
 * The owner's own text as an entry of the ledger can hold it: leaves have no spaces, so that no
 * content slips in as a sentence. Signs that names do not have become `_`.
 */
export const wordsOf = (text: string): readonly string[] =>
  text
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) => word.replace(/[^A-Za-z0-9_.:/@-]/g, '_').slice(0, WORD_CHARS_MAX));

const WORD_CHARS_MAX = 128;

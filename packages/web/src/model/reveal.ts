/** A piece of text from outside; `mark` names what stands there when it has no shape of its own. */
export interface TextRun {
  readonly text: string;
  readonly mark: boolean;
}

/**
 * Characters that a reader cannot see or that reorder what he sees: controls, bidi and zero-width
 * formats, tags, private and unassigned ones, fillers, and stacks of combining marks.
 */
const HIDDEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?<=\p{M}{2})\p{M}/gu;

/** Characters shown of one string before it is cut. */
export const SHOWN_CHARS_MAX = 400;

/** Splits text into what may be shown as it is and what must be spelled out. */
export function reveal(text: string, charsMax: number = SHOWN_CHARS_MAX): readonly TextRun[] {
  const shown = text.length > charsMax ? cutAt(text, charsMax) : text;
  const runs: TextRun[] = [];
  let from = 0;
  for (const match of shown.matchAll(HIDDEN)) {
    if (isLayout(match[0])) continue;
    if (match.index > from) runs.push({ text: shown.slice(from, match.index), mark: false });
    runs.push({ text: spell(match[0]), mark: true });
    from = match.index + match[0].length;
  }
  if (from < shown.length) runs.push({ text: shown.slice(from), mark: false });
  if (shown.length < text.length) {
    runs.push({ text: `… ${text.length - shown.length} more`, mark: true });
  }
  return runs;
}

/** The same as one string, for titles and other attributes. */
export const revealed = (text: string, charsMax: number = SHOWN_CHARS_MAX): string =>
  reveal(text, charsMax)
    .map((run) => (run.mark ? `⟨${run.text}⟩` : run.text))
    .join('');

const isLayout = (char: string): boolean => char === '\n' || char === '\t';

const spell = (char: string): string =>
  `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

/** Never between the halves of a surrogate pair. */
function cutAt(text: string, at: number): string {
  const code = text.charCodeAt(at - 1);
  return text.slice(0, code >= 0xd800 && code <= 0xdbff ? at - 1 : at);
}

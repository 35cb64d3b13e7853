/**
 * The language of `code_interpreter`: a fixed list of table operations, one per step, steps
 * separated by `;`. Nothing in it reaches the host: no name is looked up and nothing is called.
 */

/** A program is a handful of steps; more is a mistake of its author. */
export const STEPS_MAX = 32;
/** Keeps parsing trivial whatever is passed in. */
export const PROGRAM_CHARS_MAX = 2_000;

export const FORMATS = ['csv', 'json', 'lines'] as const;
export type Format = (typeof FORMATS)[number];

export const COMPARISONS = ['=', '!=', '<', '>', 'contains'] as const;
export type Comparison = (typeof COMPARISONS)[number];

export type Step =
  | { readonly kind: 'take'; readonly count: number }
  | { readonly kind: 'skip'; readonly count: number }
  | { readonly kind: 'select'; readonly columns: readonly string[] }
  | {
      readonly kind: 'where';
      readonly column: string;
      readonly comparison: Comparison;
      readonly value: string;
    }
  | { readonly kind: 'sort'; readonly column: string; readonly descending: boolean }
  | { readonly kind: 'count' }
  | { readonly kind: 'sum'; readonly column: string }
  | { readonly kind: 'format'; readonly format: Format };

export type ParsedProgram =
  | { readonly status: 'ok'; readonly steps: readonly Step[] }
  | { readonly status: 'invalid'; readonly message: string };

const COUNT = /^\d{1,6}$/;
const COLUMN = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

const isColumn = (word: string | undefined): word is string =>
  word !== undefined && COLUMN.test(word);
const isFormat = (word: string): word is Format => FORMATS.some((known) => known === word);
const isComparison = (word: string): word is Comparison =>
  COMPARISONS.some((known) => known === word);

type StepParser = (words: readonly string[], text: string) => Step | undefined;

const countParser =
  (kind: 'take' | 'skip'): StepParser =>
  ([word, ...rest]) =>
    word !== undefined && COUNT.test(word) && rest.length === 0
      ? { kind, count: Number(word) }
      : undefined;

const PARSERS: Readonly<Record<string, StepParser>> = {
  take: countParser('take'),
  skip: countParser('skip'),
  select: (_words, text) => {
    const columns = text.split(',').map((column) => column.trim());
    return columns.every(isColumn) ? { kind: 'select', columns } : undefined;
  },
  where: ([column, comparison = '', ...value]) =>
    isColumn(column) && isComparison(comparison) && value.length > 0
      ? { kind: 'where', column, comparison, value: value.join(' ') }
      : undefined,
  sort: ([by, column, direction, ...rest]) =>
    by === 'by' && isColumn(column) && rest.length === 0 && [undefined, 'desc'].includes(direction)
      ? { kind: 'sort', column, descending: direction === 'desc' }
      : undefined,
  count: (words) => (words.length === 0 ? { kind: 'count' } : undefined),
  sum: ([column, ...rest]) =>
    isColumn(column) && rest.length === 0 ? { kind: 'sum', column } : undefined,
  format: ([format = '', ...rest]) =>
    isFormat(format) && rest.length === 0 ? { kind: 'format', format } : undefined,
};

const parseStep = (text: string): Step | undefined => {
  const [keyword = '', ...words] = text.split(/\s+/);
  const parse = Object.hasOwn(PARSERS, keyword) ? PARSERS[keyword] : undefined;
  return parse?.(words, text.slice(keyword.length).trim());
};

export const parseProgram = (code: string): ParsedProgram => {
  if (code.length > PROGRAM_CHARS_MAX) {
    return { status: 'invalid', message: `the program is longer than ${PROGRAM_CHARS_MAX}` };
  }
  const texts = code
    .split(/[;\n]/)
    .map((text) => text.trim())
    .filter((text) => text !== '');
  if (texts.length > STEPS_MAX) {
    return { status: 'invalid', message: `the program has more than ${STEPS_MAX} steps` };
  }
  const steps: Step[] = [];
  for (const text of texts) {
    const step = parseStep(text);
    if (step === undefined) {
      return { status: 'invalid', message: `step ${steps.length + 1} is not understood: ${text}` };
    }
    steps.push(step);
  }
  return { status: 'ok', steps };
};

/**
 * One filter language for every list: words separated by spaces, all of which must hold.
 * `word` is found in any field, `field:word` in that field, and a leading `-` turns it round.
 */
export interface FilterTerm {
  readonly field: string;
  readonly word: string;
  readonly not: boolean;
}

/** What a row offers to be filtered by: field name to its values. */
export type FilterFields = Readonly<Record<string, readonly string[]>>;

export function parseFilter(text: string): readonly FilterTerm[] {
  return text.split(/\s+/).flatMap((token) => {
    const not = token.startsWith('-') && token.length > 1;
    const bare = (not ? token.slice(1) : token).toLowerCase();
    if (bare === '') return [];
    const colon = bare.indexOf(':');
    const field = colon > 0 ? bare.slice(0, colon) : '';
    const word = colon > 0 ? bare.slice(colon + 1) : bare;
    return word === '' ? [] : [{ field, word, not }];
  });
}

export const matches = (terms: readonly FilterTerm[], fields: FilterFields): boolean =>
  terms.every((term) => holds(term, fields) !== term.not);

function holds(term: FilterTerm, fields: FilterFields): boolean {
  const values = term.field === '' ? Object.values(fields).flat() : fields[term.field];
  return (values ?? []).some((value) => value.toLowerCase().includes(term.word));
}

/** Adds the term, or takes it out where it is already there. */
export function toggleTerm(text: string, term: string): string {
  const tokens = text.split(/\s+/).filter((token) => token !== '');
  const without = tokens.filter((token) => token !== term);
  return (without.length < tokens.length ? without : [...tokens, term]).join(' ');
}

export const hasTerm = (text: string, term: string): boolean => text.split(/\s+/).includes(term);

/** The texts that something matches, and no others; folded. */
export type Exact = readonly string[];

/** Sets of texts of which one each stands in whatever matches. */
export type Needs = readonly Exact[];

interface Known {
  readonly exact?: Exact;
  readonly needs: Needs;
}

/** More texts that one part can stand for are not followed further. */
const EXACT_MAX = 24;
/** More in one set would be found by chance. */
const SET_MAX = 96;

/** One after the other; undefined where that gives too many. */
export function joined(heads: Exact, tails: Exact): Exact | undefined {
  if (heads.length * tails.length > EXACT_MAX) return undefined;
  const texts = heads.flatMap((head) => tails.map((tail) => join(head, tail)));
  return [...new Set(texts)];
}

/** Runs of white space are one space. */
const join = (head: string, tail: string): string =>
  head.endsWith(' ') && tail.startsWith(' ') ? head + tail.slice(1) : head + tail;

/** Of branches, one of which matches. */
export function alternatives(branches: readonly Known[]): Known {
  const exact = branches.flatMap((branch) => branch.exact ?? []);
  if (branches.every((branch) => branch.exact) && exact.length <= EXACT_MAX)
    return { exact: [...new Set(exact)], needs: [] };
  const each = branches.map((branch) => bestFirst(needsOf(branch)));
  const depth = Math.min(...each.map(({ length }) => length));
  const needs: Exact[] = [];
  for (let rank = 0; rank < depth; rank++) {
    const set = shortest(each.flatMap((sets) => sets[rank] ?? []));
    if (set.length > SET_MAX) break;
    needs.push(set);
  }
  return { needs };
}

/** What is worth looking for. */
export function needsOf({ exact, needs }: Known): Needs {
  if (!exact) return needs;
  const set = shortest(exact);
  return set.length > 0 && set.length <= SET_MAX && set.every(isTelling) ? [set] : [];
}

/** A text that holds another of them adds nothing. */
function shortest(texts: Exact): Exact {
  const all = [...new Set(texts)];
  return all.filter((text) => !all.some((other) => other !== text && text.includes(other)));
}

const isTelling = (text: string): boolean =>
  text.trim().length > 1 || /^[^\s\w.,:;'"()[\]/-]/u.test(text);

/** The set whose shortest text is longest finds least by chance. */
export const bestFirst = (needs: Needs): Needs => [...needs].sort((a, b) => worth(b) - worth(a));

const worth = (set: Exact): number =>
  Math.min(...set.map(({ length }) => length)) - Math.log2(set.length);

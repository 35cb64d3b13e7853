/** Lines around a change that are shown with it. */
const CONTEXT = 3;

/** Changed lines beyond this many are not worked out: then the whole is shown as replaced. */
const EDITS_MAX = 2_000;

export interface DiffLine {
  readonly kind: 'same' | 'gone' | 'new' | 'place';
  readonly text: string;
}

/** The difference of two texts line by line, in hunks as in a unified diff. */
export const diffLines = (before: string, after: string): DiffLine[] =>
  hunks(script(splitLines(before), splitLines(after)));

const splitLines = (text: string): string[] => {
  const lines = text.split(/\r\n|\n|\r/);
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
};

/** Lines of one kind in a row, and what came before them. */
interface Run {
  readonly kind: 'same' | 'gone' | 'new';
  /** Index of the first line: in the new text for `new`, else in the old. */
  readonly from: number;
  readonly count: number;
  readonly before: Run | undefined;
}

/** How far a way has come in the old text, and by which runs. */
interface Reach {
  readonly x: number;
  readonly runs: Run | undefined;
}

/** Myers' algorithm: the shortest way from one list to the other. */
function script(a: readonly string[], b: readonly string[]): DiffLine[] {
  const furthest = new Map<number, Reach>();
  const most = Math.min(a.length + b.length, EDITS_MAX);
  for (let edits = 0; edits <= most; edits++) {
    for (let k = -edits; k <= edits; k += 2) {
      const reach = slide(a, b, k, stepTo(furthest, k, edits));
      furthest.set(k, reach);
      if (reach.x >= a.length && reach.x - k >= b.length) return linesOf(reach.runs, a, b);
    }
  }
  const gone: Run = { kind: 'gone', from: 0, count: a.length, before: undefined };
  return linesOf({ kind: 'new', from: 0, count: b.length, before: gone }, a, b);
}

/** One edit: a line of the new text, or a line of the old one left out. */
function stepTo(furthest: ReadonlyMap<number, Reach>, k: number, edits: number): Reach {
  if (edits === 0) return { x: 0, runs: undefined };
  const above = furthest.get(k + 1);
  const left = furthest.get(k - 1);
  if (left === undefined || (above !== undefined && left.x < above.x)) {
    const x = above?.x ?? 0;
    return { x, runs: { kind: 'new', from: x - k - 1, count: 1, before: above?.runs } };
  }
  return { x: left.x + 1, runs: { kind: 'gone', from: left.x, count: 1, before: left.runs } };
}

/** On over all lines that are the same in both. */
function slide(a: readonly string[], b: readonly string[], k: number, { x, runs }: Reach): Reach {
  let end = x;
  while (end < a.length && end - k < b.length && a[end] === b[end - k]) end++;
  if (end === x) return { x, runs };
  return { x: end, runs: { kind: 'same', from: x, count: end - x, before: runs } };
}

function linesOf(last: Run | undefined, a: readonly string[], b: readonly string[]): DiffLine[] {
  const parts: DiffLine[][] = [];
  for (let run = last; run !== undefined; run = run.before) {
    const { kind, from, count } = run;
    const lines = (kind === 'new' ? b : a).slice(from, from + count);
    parts.push(lines.map((text) => ({ kind, text })));
  }
  return parts.reverse().flat();
}

function hunks(lines: readonly DiffLine[]): DiffLine[] {
  const shown: DiffLine[] = [];
  const changes = lines.flatMap(({ kind }, i) => (kind === 'same' ? [] : [i]));
  let next = 0;
  let before = 1;
  let after = 1;
  let inHunk = false;
  for (const [i, line] of lines.entries()) {
    while ((changes[next] ?? Number.POSITIVE_INFINITY) < i - CONTEXT) next++;
    const near = (changes[next] ?? Number.POSITIVE_INFINITY) <= i + CONTEXT;
    if (near && !inHunk) shown.push({ kind: 'place', text: `@@ -${before} +${after} @@` });
    if (near) shown.push(line);
    inHunk = near;
    if (line.kind !== 'new') before++;
    if (line.kind !== 'gone') after++;
  }
  return shown;
}

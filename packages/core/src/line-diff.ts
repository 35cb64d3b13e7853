/** A line that both texts have, or only the first (`-`) or the second (`+`). */
export interface DiffLine {
  readonly mark: ' ' | '-' | '+';
  readonly line: string;
}

/** Longer texts are shown one after the other: comparing them would take the square of it. */
const LINES_MAX = 400;

/** What has to be taken out of one text and put in to make another, line by line. */
export function lineDiff(before: string, after: string): readonly DiffLine[] {
  const a = before.split('\n');
  const b = after.split('\n');
  if (a.length > LINES_MAX || b.length > LINES_MAX)
    return [...a.map((line) => marked('-', line)), ...b.map((line) => marked('+', line))];
  const common = commonLengths(a, b);
  const out: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const [left = '', right = ''] = [a[i], b[j]];
    if (i < a.length && j < b.length && left === right) {
      out.push(marked(' ', left));
      i++;
      j++;
    } else if (j >= b.length || (i < a.length && at(common, i + 1, j) >= at(common, i, j + 1))) {
      out.push(marked('-', left));
      i++;
    } else {
      out.push(marked('+', right));
      j++;
    }
  }
  return out;
}

const marked = (mark: DiffLine['mark'], line: string): DiffLine => ({ mark, line });
const at = (rows: readonly Uint16Array[], i: number, j: number): number => rows[i]?.[j] ?? 0;

/** Lengths of the longest common subsequence of what is left from each place on. */
function commonLengths(a: readonly string[], b: readonly string[]): readonly Uint16Array[] {
  const rows = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    const row = rows[i];
    for (let j = b.length - 1; j >= 0 && row; j--) {
      const longer = Math.max(at(rows, i + 1, j), at(rows, i, j + 1));
      row[j] = a[i] === b[j] ? at(rows, i + 1, j + 1) + 1 : longer;
    }
  }
  return rows;
}

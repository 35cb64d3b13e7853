import type { Comparison, Format, Step } from './program.ts';

type Cell = string | number | boolean | null;
export type Row = Readonly<Record<string, Cell>>;

/** What a program leaves behind: the table, and the text that it wrote. */
export interface Outcome {
  readonly rows: readonly Row[];
  readonly output: string;
}

const cellOf = (row: Row, column: string): Cell =>
  Object.hasOwn(row, column) ? (row[column] ?? null) : null;

const project = (row: Row, columns: readonly string[]): Row =>
  Object.fromEntries(columns.map((column) => [column, cellOf(row, column)]));

/** Numbers by value, everything else by its text, so that every table has one order. */
const compareCells = (a: Cell, b: Cell): number => {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [left, right] = [String(a), String(b)];
  if (left === right) return 0;
  return left < right ? -1 : 1;
};

const holds = (cell: Cell, comparison: Comparison, value: string): boolean => {
  if (comparison === 'contains') return String(cell).includes(value);
  const order = compareCells(cell, typeof cell === 'number' ? Number(value) : value);
  switch (comparison) {
    case '=':
      return order === 0;
    case '!=':
      return order !== 0;
    case '<':
      return order < 0;
    case '>':
      return order > 0;
  }
};

const sumOf = (rows: readonly Row[], column: string): number =>
  rows.reduce((sum, row) => sum + (Number(cellOf(row, column)) || 0), 0);

/** RFC 4180: a cell with a comma, a quote or a line break is quoted. */
const csvCell = (cell: Cell): string => {
  const text = cell === null ? '' : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

const FORMATTERS: Readonly<Record<Format, (rows: readonly Row[]) => string>> = {
  csv: (rows) => {
    const columns = Object.keys(rows[0] ?? {});
    const lines = rows.map((row) => columns.map((column) => csvCell(cellOf(row, column))));
    return [columns, ...lines].map((cells) => cells.join(',')).join('\n');
  },
  json: (rows) => JSON.stringify(rows, null, 2),
  lines: (rows) => rows.map((row) => Object.values(row).join(' ')).join('\n'),
};

const runStep = ({ rows, output }: Outcome, step: Step): Outcome => {
  switch (step.kind) {
    case 'take':
      return { rows: rows.slice(0, step.count), output };
    case 'skip':
      return { rows: rows.slice(step.count), output };
    case 'select':
      return { rows: rows.map((row) => project(row, step.columns)), output };
    case 'where': {
      const { column, comparison, value } = step;
      return { rows: rows.filter((row) => holds(cellOf(row, column), comparison, value)), output };
    }
    case 'sort': {
      const sign = step.descending ? -1 : 1;
      const order = (a: Row, b: Row): number =>
        sign * compareCells(cellOf(a, step.column), cellOf(b, step.column));
      return { rows: rows.toSorted(order), output };
    }
    case 'count':
      return { rows, output: String(rows.length) };
    case 'sum':
      return { rows, output: String(sumOf(rows, step.column)) };
    case 'format':
      return { rows, output: FORMATTERS[step.format](rows) };
  }
};

/** Runs the steps in order. A program that writes nothing shows its table as CSV. */
export const interpret = (steps: readonly Step[], rows: readonly Row[]): Outcome => {
  const { rows: table, output } = steps.reduce<Outcome>(runStep, { rows, output: '' });
  return { rows: table, output: output === '' ? FORMATTERS.csv(table) : output };
};

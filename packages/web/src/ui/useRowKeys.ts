import { useKeys } from './useKeys.ts';

export interface RowKeys<Row> {
  readonly rows: readonly Row[];
  readonly idOf: (row: Row) => string;
  readonly current: string;
  readonly onMove: (row: Row) => void;
  readonly onOpen?: (row: Row) => void;
}

/** `j` `k` Home End Enter over any list; the current row is an id, so live rows never shift it. */
export function useRowKeys<Row>({ rows, idOf, current, onMove, onOpen }: RowKeys<Row>): void {
  const at = rows.findIndex((row) => idOf(row) === current);
  const move = (index: number): void => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))];
    if (row !== undefined) onMove(row);
  };
  const row = rows[at];
  useKeys({
    'row.next': () => move(at + 1),
    'row.previous': () => move(at === -1 ? rows.length - 1 : at - 1),
    'row.first': () => move(0),
    'row.last': () => move(rows.length - 1),
    'row.open': onOpen !== undefined && row !== undefined ? () => onOpen(row) : undefined,
  });
}

import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useRef } from 'react';
import styles from './Table.module.css';

export interface Column<Row> {
  readonly title: string;
  /** CSS width; absent for the column that takes the rest. */
  readonly width?: string;
  readonly number?: boolean;
  /** Left out where the table is narrower than this many pixels. */
  readonly hideBelow?: 640 | 900;
  readonly cell: (row: Row, index: number) => ReactNode;
}

export interface TableProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly idOf: (row: Row) => string;
  /** Id of the current row; it is kept in sight. */
  readonly current: string;
  readonly onSelect: (row: Row) => void;
  readonly isDim?: (row: Row) => boolean;
  /** Called when the end comes into sight. */
  readonly onEnd?: () => void;
}

const ROW_PX = 28;
const OVERSCAN = 12;

/** A real table of which only the rows in sight exist; spacer rows keep the scroll height. */
export function Table<Row>(props: TableProps<Row>): ReactNode {
  const { rows, idOf, current, onEnd } = props;
  const scroll = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW_PX,
    overscan: OVERSCAN,
    scrollPaddingStart: ROW_PX,
    initialRect: { width: 800, height: 600 },
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? -1;
  const currentAt = current === '' ? -1 : rows.findIndex((row) => idOf(row) === current);
  useEffect(() => {
    if (currentAt >= 0) virtual.scrollToIndex(currentAt);
  }, [currentAt, virtual]);
  useEffect(() => {
    if (last >= rows.length - 1 && last >= 0) onEnd?.();
  }, [last, rows.length, onEnd]);
  return (
    <div className={styles.scroll} ref={scroll}>
      <table className={styles.table} aria-label={props.label} aria-rowcount={rows.length + 1}>
        <Head columns={props.columns} />
        <tbody>
          <Spacer px={items[0]?.start ?? 0} />
          {items.map((item) => {
            const row = rows[item.index];
            if (row === undefined) return null;
            return <Row key={idOf(row)} table={props} row={row} index={item.index} />;
          })}
          <Spacer px={virtual.getTotalSize() - (items.at(-1)?.end ?? 0)} />
        </tbody>
      </table>
    </div>
  );
}

function Head<RowType>({ columns }: { readonly columns: readonly Column<RowType>[] }): ReactNode {
  return (
    <thead>
      <tr>
        {columns.map((column) => (
          <th
            key={column.title}
            scope="col"
            style={{ width: column.width }}
            className={cellClass(column)}
          >
            {column.title}
          </th>
        ))}
      </tr>
    </thead>
  );
}

function Row<RowType>({
  table,
  row,
  index,
}: {
  readonly table: TableProps<RowType>;
  readonly row: RowType;
  readonly index: number;
}): ReactNode {
  return (
    <tr
      className={styles.row}
      aria-rowindex={index + 2}
      aria-selected={table.idOf(row) === table.current}
      data-dim={table.isDim?.(row) ?? false}
      onClick={() => table.onSelect(row)}
    >
      {table.columns.map((column) => (
        <td key={column.title} className={cellClass(column)}>
          {column.cell(row, index)}
        </td>
      ))}
    </tr>
  );
}

function cellClass<RowType>({ number, hideBelow }: Column<RowType>): string {
  const hide = hideBelow === undefined ? '' : styles[`below${hideBelow}`];
  return `${number ? styles.number : ''} ${hide ?? ''}`.trim();
}

function Spacer({ px }: { readonly px: number }): ReactNode {
  if (px <= 0) return null;
  return (
    <tr className={styles.spacer}>
      <td style={{ height: px }} />
    </tr>
  );
}

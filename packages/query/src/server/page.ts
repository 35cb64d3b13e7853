import { CodedError } from '@spoor/core';

/** One page of a list, and how to ask for the next. */
export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly total: number;
  readonly cursor?: string;
}

/** Throws QUESTION_INVALID for a cursor that is none of ours. */
export function pageOf<Row>(
  all: readonly Row[],
  cursor: string | undefined,
  rowsMax: number,
): Page<Row> {
  const from = offsetOf(cursor);
  const rows = all.slice(from, from + rowsMax);
  const next = from + rows.length;
  return {
    rows,
    total: all.length,
    ...(next < all.length && rows.length > 0 ? { cursor: `after-${next}` } : {}),
  };
}

function offsetOf(cursor: string | undefined): number {
  if (cursor === undefined || cursor === '') return 0;
  const [, digits] = /^after-(\d{1,9})$/.exec(cursor) ?? [];
  if (digits === undefined) throw new CodedError('QUESTION_INVALID', 'cursor');
  return Number(digits);
}

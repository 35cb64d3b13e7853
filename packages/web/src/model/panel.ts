import { ApiError } from '../api/client.ts';

/** The six pictures of a panel. Empty, hidden, failed and not-yet are never the same one. */
export type PanelState<Row> =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly code: string; readonly why: string; readonly hint: string }
  | { readonly kind: 'first-use' }
  | { readonly kind: 'empty' }
  | { readonly kind: 'filtered'; readonly hidden: number }
  | { readonly kind: 'rows'; readonly rows: readonly Row[]; readonly hidden: number };

interface QueryLike {
  readonly isPending: boolean;
  readonly error: Error | null;
}

/**
 * @param used Has anything ever been recorded here? Tells first use from quiet.
 */
export function panelState<Row>(
  query: QueryLike,
  all: readonly Row[],
  shown: readonly Row[],
  used: boolean,
): PanelState<Row> {
  // Rows that were read before stay on screen: an error of a refresh is told beside them.
  if (query.error !== null && all.length === 0) return failed(query.error);
  if (query.isPending) return { kind: 'loading' };
  if (all.length === 0) return { kind: used ? 'empty' : 'first-use' };
  const hidden = all.length - shown.length;
  if (shown.length === 0) return { kind: 'filtered', hidden };
  return { kind: 'rows', rows: shown, hidden };
}

export function failed(error: Error): PanelState<never> & { readonly kind: 'failed' } {
  const code = error instanceof ApiError ? error.code : 'UNEXPECTED';
  const hint = error instanceof ApiError ? error.hint : '';
  return { kind: 'failed', code, why: error.message, hint };
}

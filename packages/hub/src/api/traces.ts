import { CodedError, type SpanView, spanOf, type TraceListView, type TraceView } from '@spoor/core';
import type { Context, Hono } from 'hono';
import type { Store } from '../store/store.ts';

const TRACE = /^[0-9a-f]{32}$/;
const SPANS_MAX = 2_000;
const TRACES_MAX = 200;
/** Rows looked at for a list: reading them takes the store's thread a tenth of a second. */
const ROWS_MAX = 10_000;

/** What was recorded, as the spans that are exported: nothing that the allowlist does not allow. */
export function traceRoutes(app: Hono, { store }: { readonly store: Store }): void {
  app.get('/api/v1/traces', (c) => {
    const { server } = c.req.query();
    const { traces, complete } = store.traces({
      ...(server === undefined ? {} : { server }),
      fromMs: numberOf(c, 'fromMs', 0),
      toMs: numberOf(c, 'toMs', Number.MAX_SAFE_INTEGER),
      limit: Math.min(numberOf(c, 'limit', 20), TRACES_MAX),
      rowsMax: ROWS_MAX,
    });
    return c.json({ traces, complete } satisfies TraceListView);
  });
  app.get('/api/v1/traces/:trace', (c) => {
    const trace = c.req.param('trace');
    if (!TRACE.test(trace)) throw new CodedError('BAD_REQUEST', 'trace');
    const view = traceView(store, trace);
    if (view === undefined) throw new CodedError('NOT_FOUND');
    return c.json(view);
  });
}

function traceView(store: Store, trace: string): TraceView | undefined {
  const found = store.trace(trace, SPANS_MAX + 1);
  if (found.length === 0) return undefined;
  const spans = found.slice(0, SPANS_MAX).map((o): SpanView => {
    const declared =
      o.tool === undefined
        ? new Set<string>()
        : store.declaredArguments(o.server.name, o.tool.name);
    const { error, ...span } = spanOf(o, declared);
    // What has not ended has not failed.
    const pending = o.outcome === 'pending';
    return { ...span, server: o.server.name, error: error && !pending, pending };
  });
  return { trace, spans, partial: found.length > SPANS_MAX };
}

/** Throws BAD_REQUEST for what is no whole number. */
function numberOf(c: Context, name: string, otherwise: number): number {
  const text = c.req.query(name);
  if (text === undefined) return otherwise;
  if (!/^\d{1,16}$/.test(text)) throw new CodedError('BAD_REQUEST', name);
  return Number(text);
}

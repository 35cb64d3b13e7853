import type { SpanAttribute, SpanRecord } from '../../src/reader.ts';

export const NOW_MS = 1_790_000_000_000;
export const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
export const OTHER_TRACE = '0af7651916cd43dd8448eb211c80319c';

type Values = Readonly<Record<string, SpanAttribute['value']>>;

export const attributes = (values: Values): readonly SpanAttribute[] =>
  Object.entries(values).map(([key, value]) => ({ key, value }));

export const span = (id: number, more: Partial<SpanRecord> = {}): SpanRecord => ({
  trace: TRACE,
  span: id.toString(16).padStart(16, '0'),
  service: 'shop',
  name: 'GET /cart',
  kind: 'server',
  startMs: NOW_MS - 10_000 + id,
  durationMs: 5,
  status: 'unset',
  attributes: [],
  resource: attributes({ 'service.name': 'shop', 'host.name': 'web-1' }),
  events: [],
  ...more,
});

export const parentOf = (id: number): { readonly parent: string } => ({
  parent: id.toString(16).padStart(16, '0'),
});

/** A shop that asks its database and, once, a payment service that fails. */
export const SHOP: readonly SpanRecord[] = [
  span(1, {
    durationMs: 100,
    attributes: attributes({ 'http.request.method': 'GET', 'http.response.status_code': 200 }),
  }),
  span(2, {
    ...parentOf(1),
    service: 'db',
    name: 'SELECT',
    kind: 'client',
    attributes: attributes({ 'db.system.name': 'postgresql', 'db.query.text': 'SELECT 1' }),
  }),
  span(3, { ...parentOf(1), service: 'pay', name: 'charge', status: 'error', durationMs: 40 }),
  span(9, { trace: OTHER_TRACE, durationMs: 60 }),
  span(10, { trace: OTHER_TRACE, ...parentOf(9), service: 'pay', name: 'charge', durationMs: 10 }),
];

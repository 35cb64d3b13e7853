import {
  CodedError,
  isSafeName,
  LIMITS,
  STOP_KINDS,
  type StopKind,
  type StopView,
} from '@spoor/core';
import type { Context, Hono } from 'hono';
import type { Question } from '../bus.ts';
import type { Store } from '../store/store.ts';
import { bodyOf } from './body.ts';
import { saidOf } from './said.ts';

interface StopRoutes {
  readonly state: () => { readonly stops: readonly StopView[] };
  readonly store: Pick<Store, 'session'>;
  readonly ask: (question: Question) => Promise<unknown>;
  /** Does the request come with the token, and not with a browser's cookie? */
  readonly isCommand: (c: Context) => boolean;
}

/** What is stopped, and what is resumed. */
export function stopRoutes(app: Hono, { state, store, ask, isCommand }: StopRoutes): void {
  app.get('/api/v1/stops', (c) => c.json({ rows: state().stops }));
  app.post('/api/v1/stops', async (c) => {
    const body = await bodyOf(c);
    const stops = STOP_KINDS.find((one) => one === body.kind);
    if (stops === undefined) throw new CodedError('BAD_REQUEST', 'kind');
    const value = namedBy(stops, body.value);
    if (stops === 'session' && store.session(value) === undefined)
      throw new CodedError('NOT_FOUND', 'session');
    const said = saidOf(body, isCommand(c));
    return c.json((await ask({ kind: 'stops.add', stops, value, ...said })) as StopView);
  });
  app.post('/api/v1/stops/:case/resume', async (c) => {
    const said = saidOf(await bodyOf(c), isCommand(c));
    const answer = await ask({ kind: 'stops.remove', case: c.req.param('case'), ...said });
    return c.json(answer as StopView);
  });
}

const FORMS: Readonly<Record<StopKind, (value: string) => boolean>> = {
  all: (value) => value === '',
  server: isSafeName,
  session: (value) => /^[0-9a-f-]{36}$/.test(value),
  principal: (value) => /^[0-9a-f]{32}$/.test(value),
};

/** A slip must not stop something else than was meant. */
function namedBy(kind: StopKind, value: unknown): string {
  const text = value ?? '';
  if (typeof text !== 'string' || text.length > LIMITS.nameCharsMax || !FORMS[kind](text))
    throw new CodedError('BAD_REQUEST', 'value');
  return text;
}

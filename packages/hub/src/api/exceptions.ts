import { CodedError, type ExceptionView } from '@spoor/core';
import type { Context, Hono } from 'hono';
import type { HubState, Question } from '../bus.ts';
import { bodyOf } from './body.ts';
import { saidOf } from './said.ts';

interface ExceptionRoutes {
  readonly state: () => Pick<HubState, 'exceptions'>;
  readonly ask: (question: Question) => Promise<unknown>;
  /** Does the request come with the token, and not with a browser's cookie? */
  readonly isCommand: (c: Context) => boolean;
}

/** Where rules do nothing. */
export function exceptionRoutes(app: Hono, { state, ask, isCommand }: ExceptionRoutes): void {
  app.get('/api/v1/exceptions', (c) => c.json(state().exceptions));
  app.post('/api/v1/exceptions', async (c) => {
    const body = await bodyOf(c);
    const { exception, ...rest } = body;
    if (typeof exception !== 'object' || exception === null)
      throw new CodedError('BAD_REQUEST', 'exception');
    const said = saidOf(rest, isCommand(c));
    return c.json((await ask({ kind: 'exceptions.add', exception, ...said })) as ExceptionView);
  });
  app.post('/api/v1/exceptions/:id/remove', async (c) => {
    const said = saidOf(await bodyOf(c), isCommand(c));
    const answer = await ask({ kind: 'exceptions.remove', id: c.req.param('id'), ...said });
    return c.json(answer as ExceptionView);
  });
}

import { CodedError, LIMITS } from '@spoor/core';
import type { Hono } from 'hono';
import type { Question } from '../bus.ts';
import { bodyOf } from './body.ts';

interface BaselineRoutes {
  readonly ask: (question: Question) => Promise<unknown>;
}

/** What is usual for each tool; its owner locks it and has it learn again. */
export function baselineRoutes(app: Hono, { ask }: BaselineRoutes): void {
  app.get('/api/v1/baselines', async (c) => {
    const { server, tool } = c.req.query();
    if (server === undefined && tool === undefined)
      return c.json({ rows: (await ask({ kind: 'baseline.list' })) as unknown[] });
    return c.json((await ask({ kind: 'baseline.show', ...named(server, tool) })) as object);
  });
  app.get('/api/v1/budgets', async (c) =>
    c.json({ rows: (await ask({ kind: 'budget.list' })) as unknown[] }),
  );
  app.post('/api/v1/baselines', async (c) => {
    const { server, tool, action, forget = false, locksItself = true } = await bodyOf(c);
    const target = named(server, tool);
    if (action === 'lock')
      return c.json((await ask({ kind: 'baseline.lock', ...target })) as object);
    if (action !== 'relearn') throw new CodedError('BAD_REQUEST', 'action: lock or relearn');
    if (typeof forget !== 'boolean' || typeof locksItself !== 'boolean')
      throw new CodedError('BAD_REQUEST', 'forget and locksItself: true or false');
    const how = { forget, locksItself };
    return c.json((await ask({ kind: 'baseline.relearn', ...target, ...how })) as object);
  });
}

function named(server: unknown, tool: unknown): { readonly server: string; readonly tool: string } {
  const isName = (name: unknown): name is string =>
    typeof name === 'string' && name !== '' && name.length <= LIMITS.nameCharsMax;
  if (!isName(server) || !isName(tool)) throw new CodedError('BAD_REQUEST', 'server and tool');
  return { server, tool };
}

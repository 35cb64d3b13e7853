import { CodedError, type SinkView } from '@spoor/core';
import type { Hono } from 'hono';
import type { Sinks } from '../sinks/sinks.ts';
import { bodyOf } from './body.ts';

interface SinkRoutes {
  /** Undefined where there are none. */
  readonly sinks: Pick<Sinks, 'views' | 'test' | 'revive'> | undefined;
  readonly nowMs: () => number;
}

/** Who is told of alerts; a try, and another time for what was refused. */
export function sinkRoutes(app: Hono, { sinks, nowMs }: SinkRoutes): void {
  const named = async (body: Promise<Readonly<Record<string, unknown>>>): Promise<string> => {
    const { name } = await body;
    if (typeof name !== 'string') throw new CodedError('BAD_REQUEST', 'name');
    if (sinks === undefined) throw new CodedError('NOT_FOUND', 'sink');
    return name;
  };
  app.get('/api/v1/sinks', (c) =>
    c.json({ rows: sinks?.views ?? [] } satisfies { rows: readonly SinkView[] }),
  );
  app.post('/api/v1/sinks/test', async (c) => {
    const name = await named(bodyOf(c));
    return c.json(await sinks?.test(name, nowMs()));
  });
  app.post('/api/v1/sinks/retry', async (c) => {
    const name = await named(bodyOf(c));
    return c.json({ revived: await sinks?.revive(name) });
  });
}

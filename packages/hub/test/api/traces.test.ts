import type { Problem, TraceListView, TraceView } from '@spoor/core';
import { describe, expect, test } from 'vitest';
import { type TestApp, testApp } from '../support/app.ts';
import { batch, denied, facts, observation, START_MS } from '../support/build.ts';

const TRACE = observation(0).trace.trace;

const get = async <Value>({ call }: TestApp, path: string): Promise<Value> =>
  (await (await call(path)).json()) as Value;

describe('traces', () => {
  test('are spans as they are exported, without content', async () => {
    const testing = testApp();
    const request = facts({ projection: '"a secret"' });
    testing.store.append(
      batch(
        observation(1, { facts: { request, flows: [] } }),
        denied(observation(2), 'c-bcdfghjkmn'),
      ),
    );
    const { spans, partial } = await get<TraceView>(testing, `/api/v1/traces/${TRACE}`);
    expect(partial).toBe(false);
    expect(spans.map(({ name, error, pending }) => [name, error, pending])).toEqual([
      ['tools/call query', false, true],
      [expect.stringContaining('tools/call'), true, false],
    ]);
    expect(spans[0]).toMatchObject({ trace: TRACE, server: 'crm', kind: 'client' });
    expect(JSON.stringify(spans)).not.toMatch(/a secret|0123456789abcdef/);
  });

  test('are listed by server and time', async () => {
    const testing = testApp();
    testing.store.append(batch(observation(1)));
    const list = (query: string): Promise<TraceListView> => get(testing, `/api/v1/traces?${query}`);
    expect(await list('server=crm')).toEqual({ traces: [TRACE], complete: true });
    expect(await list('server=other')).toEqual({ traces: [], complete: true });
    expect(await list(`fromMs=${START_MS + 2}`)).toEqual({ traces: [], complete: true });
  });

  test.each([
    ['/api/v1/traces/zz', 'BAD_REQUEST'],
    [`/api/v1/traces/${'A'.repeat(32)}`, 'BAD_REQUEST'],
    [`/api/v1/traces/${'a'.repeat(32)}`, 'NOT_FOUND'],
    ['/api/v1/traces?limit=-1', 'BAD_REQUEST'],
    ['/api/v1/traces?fromMs=1.5', 'BAD_REQUEST'],
  ])('%s is %s', async (path, code) => {
    expect((await get<Problem>(testApp(), path)).code).toBe(code);
  });
});

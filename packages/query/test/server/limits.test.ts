import { LIMITS } from '@spoor/core';
import { expect, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { Gate } from '../../src/server/gate.ts';
import { call, connected, deploymentOf, queryServer } from '../support/connect.ts';
import { MemoryReader } from '../support/memory-reader.ts';
import { SHOP } from '../support/spans.ts';

/** Answers nothing, whatever is said. */
class HangingReader extends MemoryReader {
  override services(): Promise<never> {
    return new Promise(() => undefined);
  }
}

verifies('query:limits', async () => {
  const server = queryServer([
    { ...deploymentOf(new HangingReader({})), name: 'hangs' },
    { ...deploymentOf(new MemoryReader({ '0:0': SHOP })), name: 'works' },
  ]);
  const others = await connected(server, {
    id: 'other',
    permissions: new Set(['traces'] as const),
  });
  const client = await connected(server);
  const stop = new AbortController();
  const hanging = Array.from({ length: LIMITS.queryCallsPerCallerMax }, () =>
    client.callTool({ name: 'services', arguments: {} }, { signal: stop.signal }).catch(() => null),
  );
  const refused = await call(client, 'services', { deployment: 'works' });
  expect(refused.text).toMatch(/^QUERY_BUSY: /);
  expect((await call(others, 'services', { deployment: 'works' })).data).toMatchObject({
    total: 3,
  });
  stop.abort();
  await Promise.all(hanging);
  await expect
    .poll(async () => (await call(client, 'services', { deployment: 'works' })).isError)
    .toBe(false);
});

test('how often one caller may ask with one tool within a minute', () => {
  const gate = new Gate();
  const ask = (tool: string, caller: string, nowMs: number): boolean => {
    try {
      gate.enter(tool, caller, nowMs)();
      return true;
    } catch {
      return false;
    }
  };
  const asked = Array.from({ length: LIMITS.queryCallsPerMinuteMax + 5 }, () => ask('a', 'x', 0));
  expect(asked.filter((one) => one).length).toBe(LIMITS.queryCallsPerMinuteMax);
  expect([ask('b', 'x', 0), ask('a', 'y', 0), ask('a', 'x', 60_000)]).toEqual([true, true, true]);
  expect(gate.refused).toBe(5);
});

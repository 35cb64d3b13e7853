import type { Mask } from '@spoor/core';
import { expect, vi } from 'vitest';
import { verifies } from '../../../test/verifies.ts';
import type { HubPort } from '../src/hubport.ts';
import { testHub, testRelay } from './support.ts';

const MASK: Mask = { arguments: { fields: ['to'] }, result: { fields: ['email'] } };

/** Everything goes on, in part. */
function masking(mask: Mask): HubPort {
  const hub = testHub({ mode: 'enforce' });
  return {
    ...hub,
    begin: async (...args) => {
      const { decision, ...begun } = await hub.begin(...args);
      return { ...begun, decision: { ...decision, action: 'modify', mask } };
    },
  };
}

const call = (id: number, to = 'bob'): string =>
  JSON.stringify({
    jsonrpc: '2.0',
    id,
    method: 'tools/call',
    params: { name: 't', arguments: { to, rest: 1 } },
  });
const answer = (id: number): string =>
  JSON.stringify({ jsonrpc: '2.0', id, result: { structuredContent: { email: 'bob' } } });
const bytes = (...lines: string[]): Buffer => Buffer.from(`${lines.join('\n')}\n`);
const settled = (said: () => string, times: number): Promise<void> =>
  vi.waitFor(() => expect(said().match(/"id":/g)).toHaveLength(times), 30_000);
const moment = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 50));

verifies(
  'modify:bypass',
  async () => {
    const { relay, toServer, toClient } = testRelay(masking(MASK));
    relay.fromClient(bytes(`[${call(1)},${call(2)}]`, call(3)));
    await settled(toServer, 3);
    expect(toServer()).not.toContain('bob');
    expect(toServer().match(/\[masked\]/g)).toHaveLength(3);
    relay.fromServer(bytes(`[${answer(1)},${answer(2)}]`));
    relay.fromServer(Buffer.from(answer(3).slice(0, 20)));
    relay.fromServer(bytes(answer(3).slice(20)));
    await settled(toClient, 3);
    expect(toClient()).not.toContain('bob');
    expect(toClient().match(/\[masked\]/g)).toHaveLength(3);
  },
  { case: 'batches both ways, and a result in pieces' },
);

verifies(
  'modify:bypass',
  async () => {
    for (const hidden of [
      `{"jsonrpc":"2.0","id":1,"result":{"email":"bob"},"result":{"email":"bob"}}`,
      `{"jsonrpc":"2.0","id":1,"result":{"email":"bob\\ud800"}`,
      `${'['.repeat(80)}"bob"${']'.repeat(80)}`,
    ]) {
      const { relay, toServer, toClient } = testRelay(masking(MASK));
      relay.fromClient(bytes(call(1)));
      await settled(toServer, 1);
      relay.fromServer(bytes(hidden));
      await settled(toClient, 1);
      await moment();
      expect(toClient()).not.toContain('bob');
      expect(toClient()).toContain('"isError":true');
      expect(toClient()).toContain('"id":1');
    }
  },
  { case: 'a result that cannot be read' },
);

verifies(
  'modify:bypass',
  async () => {
    const { relay, toServer, toClient } = testRelay(masking(MASK));
    relay.fromClient(bytes(call(1)));
    await settled(toServer, 1);
    const large = answer(1).replace('"bob"', `"bob${'x'.repeat(17_000_000)}"`);
    for (let at = 0; at < large.length; at += 1_000_000)
      relay.fromServer(Buffer.from(large.slice(at, at + 1_000_000)));
    relay.fromServer(bytes(''));
    await settled(toClient, 1);
    await moment();
    expect(toClient()).not.toContain('bob');
    expect(toClient()).not.toContain('xxx');
    expect(toClient()).toContain('"isError":true');
  },
  { case: 'a result that is too large to be read' },
);

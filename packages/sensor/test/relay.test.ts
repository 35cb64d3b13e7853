import { DENIED_CODE, DENIED_TEXT } from '@spoor/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { verifies } from '../../../test/verifies.ts';
import { testHub, testRelay } from './support.ts';

const call = (id: unknown, name = 'read', more: object = {}): string =>
  `${JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: {}, ...more } })}\n`;
const result = (id: unknown, value: object = { content: [] }): string =>
  `${JSON.stringify({ jsonrpc: '2.0', id, result: value })}\n`;

/** Whatever may come down a pipe: messages, half messages, bytes that are no text. */
const line = fc.oneof(
  fc.nat(5).map((id) => call(id)),
  fc.nat(5).map((id) => result(id)),
  fc.constantFrom(
    '{"jsonrpc":"2.0","method":"notifications/initialized"}\n',
    '{"jsonrpc":"2.0","id":7,"method":"tools/list"}\n',
    '{"jsonrpc":"2.0","id":7,"result":{"tools":[{"name":"t","inputSchema":{}}]}}\n',
    '{"jsonrpc":"2.0","id":"a","method":"sampling/createMessage","params":{}}\n',
    '[{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x"}}]\n',
    '{"a":1,"a":2}\n',
    '\r\n',
    'no json at all\n',
    `${'['.repeat(200)}\n`,
  ),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
);

const stream = fc
  .array(line, { maxLength: 12 })
  .map((lines) => Buffer.from(lines.join(''), 'latin1'));
const cuts = fc.array(fc.nat({ max: 400 }), { maxLength: 8 });

function* chunks(bytes: Buffer, at: readonly number[]): Iterable<Buffer> {
  const sorted = [0, ...at.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
  for (const [i, from] of sorted.entries())
    yield bytes.subarray(from, sorted[i + 1] ?? bytes.length);
}

verifies(
  'relay:transparent',
  async () => {
    const shuffle = async (): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 2));
    };
    await fc.assert(
      fc.asyncProperty(
        stream,
        cuts,
        stream,
        cuts,
        fc.boolean(),
        async (up, upCuts, down, downCuts, hold) => {
          const { relay, toServer, toClient } = testRelay(
            testHub({ hold: () => hold, wait: shuffle }),
          );
          const ups = [...chunks(up, upCuts)];
          const downs = [...chunks(down, downCuts)];
          for (let i = 0; i < Math.max(ups.length, downs.length); i++) {
            if (ups[i] !== undefined) relay.fromClient(ups[i] as Buffer);
            if (i % 2 === 0) await shuffle();
            if (downs[i] !== undefined) relay.fromServer(downs[i] as Buffer);
          }
          await relay.clientEnded();
          await relay.serverEnded();
          expect(toServer()).toBe(up.toString('latin1'));
          expect(toClient()).toBe(down.toString('latin1'));
          expect(relay.counts.faults).toBe(0);
        },
      ),
      { numRuns: 60 },
    );
  },
  { case: 'the relay, any chunking and delay' },
);

describe('a denied call', () => {
  verifies(
    'mode:enforce',
    async () => {
      const hub = testHub({ mode: 'enforce', deny: ({ tool }) => tool === 'bad' });
      const { relay, toServer, toClient } = testRelay(hub);
      relay.fromClient(Buffer.from(call('x', 'bad') + call(2, 'good')));
      await relay.clientEnded();
      await relay.serverEnded();
      expect(toServer()).toBe(call(2, 'good'));
      expect(JSON.parse(toClient())).toEqual({
        jsonrpc: '2.0',
        id: 'x',
        result: {
          content: [{ type: 'text', text: `${DENIED_TEXT} Case c-bcdfghjkmn.` }],
          isError: true,
        },
      });
    },
    { case: 'the relay' },
  );

  test('says in the modern era that its result is complete', async () => {
    const { relay, toClient } = testRelay(testHub({ mode: 'enforce', deny: () => true }));
    const meta = { _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } };
    relay.fromClient(Buffer.from(call(1, 'bad', meta)));
    await relay.clientEnded();
    expect(JSON.parse(toClient()).result.resultType).toBe('complete');
  });

  test('that is no tool call gets an error outside the reserved range', async () => {
    const { relay, toClient } = testRelay(testHub({ mode: 'enforce', deny: () => true }));
    relay.fromClient(
      Buffer.from(
        '{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"file:///x"}}\n',
      ),
    );
    await relay.clientEnded();
    expect(JSON.parse(toClient()).error.code).toBe(DENIED_CODE);
    expect(DENIED_CODE < -32768 || DENIED_CODE > -32000).toBe(true);
  });

  test('in a batch denies the batch', async () => {
    const hub = testHub({ mode: 'enforce', deny: ({ tool }) => tool === 'bad' });
    const { relay, toServer, toClient } = testRelay(hub);
    const batch = `[${call(1, 'good').trim()},${call(2, 'bad').trim()}]\n`;
    relay.fromClient(Buffer.from(batch));
    await relay.clientEnded();
    expect(toServer()).toBe('');
    expect(JSON.parse(toClient()).id).toBe(2);
  });
});

describe('a frame that cannot be read', () => {
  const unreadable = [
    '{"method":"tools/call","method":"x"}\n',
    'nonsense\n',
    `${'{"a":'.repeat(99)}\n`,
  ];

  for (const frame of unreadable) {
    verifies(
      'relay:unreadable-passes',
      async () => {
        const hub = testHub();
        const { relay, toServer } = testRelay(hub);
        relay.fromClient(Buffer.from(frame));
        await relay.clientEnded();
        await relay.serverEnded();
        expect(toServer()).toBe(frame);
        expect(hub.ended.map(({ kind, outcome }) => [kind, outcome])).toEqual([
          ['system', 'protocol_error'],
        ]);
      },
      { case: frame.slice(0, 40).trim() },
    );
  }

  for (const frame of unreadable) {
    verifies(
      'relay:unreadable-refused',
      async () => {
        const { relay, toServer, toClient } = testRelay(testHub({ mode: 'enforce' }));
        relay.fromClient(Buffer.from(frame));
        await relay.clientEnded();
        expect(toServer()).toBe('');
        expect(JSON.parse(toClient())).toMatchObject({ id: null, error: { code: -32700 } });
      },
      { case: frame.slice(0, 40).trim() },
    );
  }
});

describe('results', () => {
  test('of a tool that reads wait until the hub has admitted them', async () => {
    const gate = Promise.withResolvers<void>();
    let waiting = false;
    const wait = (): Promise<void> => (waiting ? gate.promise : Promise.resolve());
    const { relay, toClient } = testRelay(testHub({ hold: () => true, wait }));
    relay.fromClient(Buffer.from(call(1)));
    await relay.clientEnded();
    waiting = true;
    relay.fromServer(Buffer.from(result(1)));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(toClient()).toBe('');
    gate.resolve();
    await relay.serverEnded();
    expect(toClient()).toBe(result(1));
  });

  test('that never come are ended when the server is gone', async () => {
    const hub = testHub();
    const { relay } = testRelay(hub);
    relay.fromClient(Buffer.from(call(1)));
    await relay.clientEnded();
    await relay.serverEnded();
    expect(hub.ended).toMatchObject([{ outcome: 'protocol_error', errorType: 'server_exit' }]);
  });

  test('that ask for input make one call of several legs, and what they ask for is seen', async () => {
    const hub = testHub();
    const { relay } = testRelay(hub);
    const asks = { s: { method: 'sampling/createMessage', params: { messages: [] } } };
    relay.fromClient(Buffer.from(call(1)));
    await relay.clientEnded();
    relay.fromServer(
      Buffer.from(
        result(1, { resultType: 'input_required', requestState: 'st', inputRequests: asks }),
      ),
    );
    await new Promise((resolve) => setTimeout(resolve, 10));
    relay.fromClient(Buffer.from(call(2, 'read', { requestState: 'st', inputResponses: {} })));
    await relay.clientEnded();
    relay.fromServer(Buffer.from(result(2)));
    await relay.serverEnded();
    const [first, second] = hub.begun;
    expect(second?.id).toBe(first?.id);
    expect(second?.cause.evidence).toBe('input');
    const sampling = hub.ended.find(({ kind }) => kind === 'sampling.request');
    expect(sampling).toMatchObject({
      cause: { kind: 'server', parent: first?.id, evidence: 'input' },
    });
    expect(hub.ended.map(({ outcome }) => outcome)).toContain('ok');
  });
});

test('a sampling request of a legacy server is contained in the one open call', async () => {
  const hub = testHub();
  const { relay } = testRelay(hub);
  relay.fromClient(Buffer.from(call(1)));
  await relay.clientEnded();
  relay.fromServer(
    Buffer.from('{"jsonrpc":"2.0","id":9,"method":"sampling/createMessage","params":{}}\n'),
  );
  relay.fromClient(Buffer.from(result(9)));
  await relay.serverEnded();
  const sampling = hub.ended.find(({ kind }) => kind === 'sampling.request');
  expect(sampling?.cause).toEqual({
    kind: 'server',
    parent: hub.begun[0]?.id,
    evidence: 'containment',
  });
});

test('no plaintext of arguments, results, ids or URIs leaves as a fact', async () => {
  const hub = testHub();
  const { relay } = testRelay(hub);
  const canary = 'Canary-7f3a19';
  const meta = { _meta: { traceparent: canary, baggage: canary, other: canary } };
  relay.fromClient(Buffer.from(call(canary, 'read', { arguments: { q: canary }, ...meta })));
  await relay.clientEnded();
  relay.fromServer(
    Buffer.from(`{"jsonrpc":"2.0","id":"${canary}","error":{"code":-1,"message":"${canary}"}}\n`),
  );
  await relay.serverEnded();
  const withoutProjections = JSON.stringify([hub.begun, hub.ended], (key, value) =>
    key === 'projection' ? undefined : value,
  );
  expect(hub.ended).toHaveLength(1);
  expect(withoutProjections).not.toContain(canary);
});

describe('while a person is asked', () => {
  const asking = () => {
    const word = Promise.withResolvers<boolean>();
    const hub = testHub({
      mode: 'enforce',
      person: ({ tool }) => (tool === 'share' ? word.promise : undefined),
    });
    return { word, hub, ...testRelay(hub) };
  };
  const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

  verifies(
    'ask:waits',
    async () => {
      const { word, relay, toServer, toClient } = asking();
      relay.fromClient(Buffer.from(call(1, 'share') + call(2) + call(3)));
      await settled();
      expect(toServer()).toBe(call(2) + call(3));
      relay.fromServer(Buffer.from(result(2)));
      expect(toClient()).toBe(result(2));
      word.resolve(true);
      await settled();
      expect(toServer()).toBe(call(2) + call(3) + call(1, 'share'));
    },
    { case: 'in the relay, byte for byte' },
  );

  test('a no is answered as a denial', async () => {
    const { word, relay, toServer, toClient } = asking();
    relay.fromClient(Buffer.from(call(1, 'share') + call(2)));
    word.resolve(false);
    await settled();
    expect(toServer()).toBe(call(2));
    expect(toClient()).toContain(DENIED_TEXT);
  });

  test('a client that cancels or leaves takes the call back', async () => {
    const cancelled = asking();
    const cancel = `${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } })}\n`;
    cancelled.relay.fromClient(Buffer.from(call(1, 'share')));
    await settled();
    cancelled.relay.fromClient(Buffer.from(cancel));
    const atOnce = asking();
    atOnce.relay.fromClient(Buffer.from(call(1, 'share') + cancel));
    await settled();
    const left = asking();
    left.relay.fromClient(Buffer.from(call(1, 'share')));
    await settled();
    await left.relay.clientEnded();
    for (const { hub } of [cancelled, atOnce, left])
      expect(hub.ended).toMatchObject([{ outcome: 'cancelled', tool: 'share' }]);
  });
});

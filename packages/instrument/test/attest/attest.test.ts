import { context, trace } from '@opentelemetry/api';
import { IDENTITY_META_KEY, type JsonObject, metaOf } from '@spoor/core';
import { describe, expect, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { attest, type OpenedSession, openSession } from '../../src/attest.ts';
import { counts, instrument, TRUSTED, uninstrument } from '../../src/index.ts';
import { pairOf, Telemetry, Wire } from '../support.ts';
import { ed25519, es256, isProved, provedBy } from './support.ts';

/** All that the other end of an in-memory transport gets. */
function overhear(far: object): JsonObject[] {
  const heard: JsonObject[] = [];
  const transport = far as { onmessage?: (message: JsonObject, extra?: unknown) => void };
  const received = transport.onmessage;
  transport.onmessage = (message, extra) => {
    heard.push(structuredClone(message));
    received?.call(transport, message, extra);
  };
  return heard;
}

const opened = (key = ed25519()): OpenedSession =>
  openSession({ key, sub: 'ann', aud: 'example.com', iss: 'urn:orchestrator', agent: 'planner' });

const ORDERS = {
  'instrumented before': ['instrument', 'attest'],
  'instrumented after': ['attest', 'instrument'],
  'not instrumented': ['attest'],
} as const;

for (const version of ['v1', 'v2'] as const) {
  for (const [name, order] of Object.entries(ORDERS)) {
    verifies(
      'attest:proofs',
      async () => {
        const telemetry = new Telemetry();
        const { client, server, ends } = await pairOf(version);
        const session = opened(version === 'v1' ? ed25519() : es256());
        for (const step of order) {
          if (step === 'attest') attest(client, { session, server: 'files' });
          else instrument(client, { ...telemetry, trust: TRUSTED });
        }
        await server.connect(ends[1]);
        const heard = overhear(ends[1]);
        await client.connect(ends[0]);
        await client.listTools();
        await client.callTool({ name: 'echo', arguments: { text: 'é' } });
        await client.callTool({ name: 'echo', arguments: { text: 'b', gone: undefined } });
        const requests = heard.filter(({ id, method }) => id !== undefined && method !== undefined);
        const [first, ...others] = requests;
        expect([first?.method, isProved(first ?? {})]).toEqual(['initialize', false]);
        const proved = others.map((message) => provedBy(session.key, message));
        expect(proved.map(({ proof }) => proof.mth)).toEqual([
          'tools/list',
          'tools/call',
          'tools/call',
        ]);
        const [{ proof } = { proof: { seq: 0 } }] = proved;
        expect(proved.map((one) => one.proof.seq - proof.seq)).toEqual([0, 1, 2]);
        expect(proved.every((one) => one.proof.aud === 'files')).toBe(true);
        expect(new Set(proved.map((one) => one.proof.jti)).size).toBe(3);
        expect(proved[0]?.session).toMatchObject({
          iss: 'urn:orchestrator',
          aud: 'example.com',
          sub: 'ann',
          act: { sub: 'planner' },
          tctx: { sid: session.sid },
        });
        // The proof is over the ids that went out, wherever these came from.
        const traced = order.length === 2;
        expect(proved.map((one) => typeof one.proof.tp === 'string')).toEqual([
          traced,
          traced,
          traced,
        ]);
        await client.close();
      },
      { case: `${version}, ${name}` },
    );
  }
}

describe('a client that proves its calls', () => {
  test('is left as it was when that ends', async () => {
    const { client, server, ends } = await pairOf('v2');
    const connect = Object.getOwnPropertyDescriptor(client, 'connect');
    const [near] = ends as readonly { send?: unknown }[];
    const sends = near?.send;
    const { stop } = attest(client, { session: opened(), server: 'files' });
    await server.connect(ends[1]);
    const heard = overhear(ends[1]);
    await client.connect(ends[0]);
    stop();
    expect(Object.getOwnPropertyDescriptor(client, 'connect')).toEqual(connect);
    expect(near?.send).toBe(sends);
    await client.callTool({ name: 'echo' });
    expect(heard.some(isProved)).toBe(false);
    await client.close();
  });

  test('goes on proving when its instrumentation is taken off', async () => {
    const telemetry = new Telemetry();
    const { client, server, ends } = await pairOf('v1');
    const session = opened();
    instrument(client, telemetry);
    attest(client, { session, server: 'files' });
    await server.connect(ends[1]);
    const heard = overhear(ends[1]);
    await client.connect(ends[0]);
    uninstrument(client);
    telemetry.reset();
    await client.callTool({ name: 'echo' });
    expect(telemetry.spans).toEqual([]);
    provedBy(session.key, heard.at(-1) ?? {});
    await client.close();
  });

  test('may be connected already', async () => {
    const { client, server, ends } = await pairOf('v2');
    await server.connect(ends[1]);
    const heard = overhear(ends[1]);
    await client.connect(ends[0]);
    const session = opened();
    attest(client, { session, server: 'files' });
    await client.callTool({ name: 'echo' });
    provedBy(session.key, heard.at(-1) ?? {});
    await client.close();
  });

  test('replaces what claims to be a proof', async () => {
    const wire = new Wire();
    const session = opened();
    attest(wire, { session, server: 'files' });
    const params = { name: 't', _meta: { [IDENTITY_META_KEY]: 'forged', other: 1 } };
    await wire.send({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
    const [sent = {}] = wire.sent;
    provedBy(session.key, sent);
    expect(metaOf(sent.params).other).toBe(1);
    expect(params._meta[IDENTITY_META_KEY]).toBe('forged');
  });

  test('tells a hub that it is joined to, and the server nothing', () => {
    const wire = new Wire();
    const session = opened();
    attest(wire, { session, server: 'files', to: 'hub' });
    void wire.send({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 't' } });
    expect(wire.sent.some(isProved)).toBe(false);
  });
});

verifies('attest:harmless', async () => {
  const wire = new Wire();
  const before = counts.unproved;
  attest(wire, { session: opened(), server: 'files' });
  const odd = { name: 't', arguments: { text: '\ud800' } };
  const messages = [
    { jsonrpc: '2.0', id: 1, method: 'tools/call', params: odd },
    { jsonrpc: '2.0', method: 'notifications/progress', params: { progress: 1 } },
    { jsonrpc: '2.0', id: 's', result: {} },
    { jsonrpc: '2.0', id: 2, method: 'ping' },
  ];
  for (const message of messages) await wire.send(message);
  expect(wire.sent).toEqual(messages);
  expect(counts.unproved - before).toBe(1);
});

test('nothing but a client or a transport is taken', () => {
  const session = opened();
  for (const other of [{}, [], { send: () => undefined }])
    expect(() => attest(other, { session, server: 'x' })).toThrow(
      'neither a client nor a transport',
    );
  // A context of somebody else's is left alone.
  expect(trace.getSpan(context.active())).toBeUndefined();
});

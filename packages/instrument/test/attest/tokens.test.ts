import { expect, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { attest, tokenSession } from '../../src/attest.ts';
import { counts } from '../../src/index.ts';
import { Wire } from '../support.ts';
import { callOf, ed25519, isProved, TestClock } from './support.ts';

/** As a token service might make them; nobody here looks at the signature. */
const tokenBy = (claims: object): string =>
  ['{"alg":"none"}', JSON.stringify(claims), 'x']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');
const trace = 'a'.repeat(32);

test('tokens of somebody else are asked for once, renewed ahead, and put calls into their trace', async () => {
  const clock = new TestClock();
  const key = ed25519();
  let asked = 0;
  const session = tokenSession({
    key,
    clock,
    txn: async () => {
      asked += 1;
      const iat = clock.now / 1_000;
      return tokenBy({
        iat,
        exp: iat + 300,
        txn: trace,
        cnf: { jkt: key.jkt },
        tctx: { sid: 's' },
      });
    },
  });
  const wire = new Wire();
  await attest(wire, { session, server: 's', clock }).ready;
  await Promise.all([1, 2].map((id) => wire.send(callOf(id))));
  expect(asked).toBe(1);
  const metas = wire.sent.map(({ params }) => (params as { _meta: { traceparent: string } })._meta);
  expect(metas.map(({ traceparent }) => traceparent.slice(0, 36))).toEqual(
    [1, 2].map(() => `00-${trace}-`),
  );
  clock.now += 250_000;
  // The old one still holds, and the new one is on its way.
  await wire.send(callOf(3));
  expect(asked).toBe(2);
  expect(wire.sent.every(isProved)).toBe(true);
});

verifies(
  'attest:harmless',
  async () => {
    const key = ed25519();
    const before = counts.unproved;
    const first = Promise.withResolvers<string>();
    let asked = 0;
    const session = tokenSession({
      key,
      txn: () => (asked++ === 0 ? first.promise : 'none either'),
    });
    const wire = new Wire();
    attest(wire, { session, server: 's' });
    const cancel = {
      jsonrpc: '2.0',
      method: 'notifications/cancelled',
      params: { requestId: 1 },
    };
    const sent = [wire.send(callOf(1)), wire.send(cancel), wire.send(callOf(2))];
    await expect.poll(() => asked).toBe(1);
    expect(wire.sent).toEqual([]);
    first.resolve('no token');
    await Promise.all(sent);
    expect(wire.sent).toEqual([callOf(1), cancel, callOf(2)]);
    expect(counts.unproved - before).toBe(2);
  },
  { case: 'a token service that fails holds the order, and no call' },
);

test('tokens of another trace or for another key prove nothing', async () => {
  const key = ed25519();
  const claims = { iat: 1, exp: 9e9, txn: trace, cnf: { jkt: key.jkt }, tctx: { sid: 's' } };
  const wire = new Wire();
  attest(wire, { session: tokenSession({ key, txn: () => tokenBy(claims) }), server: 's' });
  const traceparent = `00-${'b'.repeat(32)}-${'c'.repeat(16)}-01`;
  await wire.send(callOf(1, { _meta: { traceparent } }));
  expect(wire.sent.some(isProved)).toBe(false);
  const other = tokenSession({ key: ed25519(), txn: () => tokenBy(claims) });
  await expect(attest(new Wire(), { session: other, server: 's' }).ready).rejects.toThrow(
    'no token that calls can be proved with',
  );
});

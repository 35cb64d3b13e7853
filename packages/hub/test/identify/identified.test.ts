import { writeFileSync } from 'node:fs';
import { CodedError } from '@spoor/core';
import { createAuditorKeys, openContent } from '@spoor/ledger/open';
import { describe, expect, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { callOf, evidenceOf, PARAMS, TRACEPARENT } from '../../../edge/test/identity/maker.ts';
import { hello, newId } from '../support/build.ts';
import { startHub, until } from '../support/hub.ts';
import { connectSensor } from '../support/sensor.ts';
import { set } from './support.ts';

verifies('identity:levels', async () => {
  const { maker, call, calls } = await set();
  await call();
  await call(await maker.evidence());
  await call(await maker.evidence({}, { rctx: { lvl_basis: 'peercred' } }));
  await call({ ...(await maker.evidence()), call: { ...callOf(), nm: 'other' } });
  await call(await maker.evidence({}, { iss: 'https://nobody.example' }));
  const found = (await calls(5)).map(({ principal }) => principal);
  expect(found.map(({ level }) => level)).toEqual([
    'unverified',
    'verified',
    'attested',
    'conflict',
    'unverified',
  ]);
  expect(found.map(({ evidence }) => evidence[0])).toEqual([
    'process',
    'txn-token',
    'txn-token',
    'name',
    'unknown-issuer',
  ]);
  // One subject, one pseudonym; whoever is not proved has that of the process.
  const names = found.map(({ pseudonym }) => pseudonym);
  expect(names[1]).toBe(names[2]);
  expect(new Set([names[0], names[3], names[4]]).size).toBe(1);
  expect(names[0]).not.toBe(names[1]);
});

verifies(
  'identity:forgery',
  async () => {
    const { call, calls } = await set();
    const lie = { level: 'verified', principal: { level: 'verified', pseudonym: 'a'.repeat(32) } };
    await call({ ...lie }, lie);
    await call({ ...lie, meta: JSON.stringify({ v: 1, txn: 'a', proof: 'b', level: 'verified' }) });
    const found = (await calls(2)).map(({ principal }) => principal);
    expect(found.map(({ level }) => level)).toEqual(['unverified', 'conflict']);
    expect(found[0]?.pseudonym).not.toBe('a'.repeat(32));
  },
  { case: 'a level put into the message by a lying sensor' },
);

verifies('identity:binding', async () => {
  const { auditor } = await createAuditorKeys();
  const { hub, maker, call, calls, leaves } = await set({}, {}, ({ recipients }) =>
    writeFileSync(recipients, `${auditor.recipient}\n`, { mode: 0o600 }),
  );
  const txn = await maker.txn({ sub: 'ada.canary@example.org' });
  await call(evidenceOf(txn, await maker.proof(txn)));
  await call(evidenceOf(txn, await maker.proof(txn)));
  const found = await calls(2);
  const bindings = await leaves('identity.binding');
  expect(bindings).toHaveLength(1);
  const [leaf] = bindings;
  if (leaf === undefined) throw new Error('no entry');
  expect(leaf).toMatchObject({
    identity: { level: 'verified' },
    detail: { source: 'txn-token', key: expect.stringMatching(/^[\w-]{43}$/) },
  });
  // The token and the key that it was checked with are there for auditors, and for nobody else.
  const identity = auditor.identityFile;
  const { parts } = await openContent({ dir: hub.home.ledger, leaf, identity });
  const [kept] = parts.map(({ plaintext }) => JSON.parse(Buffer.from(plaintext).toString()));
  expect(kept).toMatchObject({ token: txn, key: { kty: 'OKP', kid: 'i1' } });
  for (const [path, text] of hub.files()) {
    expect(text.includes(txn) ? path : '', path).toBe('');
    expect(/canary/i.test(text) ? path : '', path).toBe('');
  }
  // Both calls point to it.
  const [index] = found[0]?.principal.bindings ?? [];
  expect(found[1]?.principal.bindings).toEqual([index]);
  const requests = (await leaves('call.request')).map((one) => one.identity?.evidence);
  for (const evidence of requests) expect(evidence).toContain(index);
});

verifies('identity:replayed', async () => {
  const { hub, maker, call } = await set();
  const evidence = await maker.evidence();
  expect((await call(evidence)).decision.action).toBe('allow');
  const again = await call(evidence);
  expect(again.decision).toMatchObject({ action: 'deny', rule: 'replayed-proof' });
  const alerts = await until(
    () => hub.alerts(),
    (all) => all.length > 0,
  );
  // A trace that two principals use is a weak sign beside it.
  const strong = alerts.filter(({ rule }) => rule.level === 'high' || rule.level === 'critical');
  expect(strong.map(({ rule }) => rule.id)).toEqual(['replayed-proof']);
});

describe('an identity that the owner requires', () => {
  const trust = { require: { financial: 'verified' } };

  verifies('identity:required', async () => {
    const { maker, call } = await set(trust);
    const without = await call();
    expect(without.decision).toMatchObject({ action: 'deny', rule: 'unverified-sensitive-call' });
    const attested = await maker.evidence({}, { rctx: { lvl_basis: 'config' } });
    expect((await call(attested)).decision.action).toBe('deny');
    expect((await call(await maker.evidence())).decision.action).toBe('allow');
  });

  verifies(
    'identity:required',
    async () => {
      const { call, calls } = await set(trust, { mode: 'observe' });
      const { decision } = await call();
      expect(decision).toMatchObject({ action: 'allow', wanted: 'deny' });
      expect((await calls(1))[0]?.principal.short).toBe(true);
    },
    { case: 'in observe it is shown as what would have been' },
  );

  verifies(
    'identity:required',
    async () => {
      const { call } = await set(trust, {}, undefined, ['reads-pii']);
      expect((await call()).decision.action).toBe('allow');
    },
    { case: 'of nobody else' },
  );
});

test('evidence without a trust file proves nothing, and says so', async () => {
  const { maker, call, calls, hub } = await set(null);
  await call(await maker.evidence());
  const [one] = await calls(1);
  expect(one?.principal).toMatchObject({ level: 'unverified', evidence: ['no-trust', 'process'] });
  const counts = await until(
    () => hub.counts(),
    ({ identityNotChecked }) => identityNotChecked === 1,
  );
  expect(counts.identityVerified).toBe(0);
});

test('a trust file with a mistake ends the start, and names the place', async () => {
  const started = set({ issuers: [{ issuer: 'x', kind: 'idp', algorithms: ['HS256'] }] });
  await expect(started).rejects.toMatchObject({ code: 'IDENTITY_TRUST_INVALID' });
  await expect(startHub({ identityTrustFile: '/nowhere/trust.yml' })).rejects.toBeInstanceOf(
    CodedError,
  );
});

test('a program that tells its messages as they are is identified by what stands in them', async () => {
  const { hub, maker, calls } = await set();
  const sensor = await connectSensor(hub.home.socket);
  const kind = 'in-process' as const;
  sensor.send(hello({ token: hub.token, sensor: { id: newId(), kind, version: '0.1.0' } }));
  await sensor.next();
  const txn = await maker.txn();
  const traceparent = TRACEPARENT;
  const tell = async (id: number, arguments_: object): Promise<void> => {
    const proof = await maker.proof(txn);
    const _meta = { traceparent, 'dev.spoor/identity': { v: 1, txn, proof } };
    const params = { ...PARAMS, arguments: arguments_, _meta };
    const request = { jsonrpc: '2.0', id: 7, method: 'tools/call', params };
    const bytes = Buffer.from(`${JSON.stringify(request)}\n`);
    const cause = { kind: 'unknown', evidence: 'none' };
    const requestBytes = bytes.length;
    const raw = { step: 'begin', call: newId(), startMs: Date.now(), cause, requestBytes };
    sensor.send({ op: 'raw', id, raw }, bytes);
    await sensor.next();
  };
  await tell(2, PARAMS.arguments as object);
  await tell(3, { to: 'b@example.com', sum: 7 });
  const found = (await calls(2)).map(({ principal }) => principal);
  expect(found.map(({ level }) => level)).toEqual(['verified', 'conflict']);
  expect(found[1]?.evidence).toContain('digest');
});

import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IDENTITY_META_KEY, type IdentityEvidence, systemClock, systemRandom } from '@spoor/core';
import { readTrust, verifyIdentity } from '@spoor/edge/identity';
import { attestKey } from '@spoor/instrument/attest';
import { expect, onTestFinished, test } from 'vitest';
import { verifies } from '../../../test/verifies.ts';
import { wrapperAttester } from '../src/attester.ts';
import { Boundary } from '../src/boundary.ts';
import { Relay } from '../src/relay.ts';
import { STDIO_TRUST } from '../src/trust.ts';
import { testHub } from './support.ts';

function keyFile(): { readonly path: string; readonly jwk: object } {
  const folder = mkdtempSync(join(tmpdir(), 'spoor-key-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'key.pem');
  const { privateKey } = generateKeyPairSync('ed25519');
  writeFileSync(path, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  return { path, jwk: attestKey(privateKey).jwk };
}

/** What the hub gets of these lines of client and server, in turn. */
async function relayed(key: string, lines: readonly (readonly ['client' | 'server', object])[]) {
  const attester = await wrapperAttester({
    key,
    server: 'files',
    issuer: 'urn:wrapper',
    audience: 'corp',
  });
  const hub = testHub();
  const toServer: Uint8Array[] = [];
  const relay = new Relay({
    toServer: (bytes) => toServer.push(bytes),
    toClient: () => undefined,
    hub,
    clock: systemClock,
    random: systemRandom,
    boundary: new Boundary(STDIO_TRUST, systemRandom, attester),
  });
  for (const [from, message] of lines) {
    const bytes = Buffer.from(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
    if (from === 'client') relay.fromClient(bytes);
    else relay.fromServer(bytes);
  }
  await relay.clientEnded();
  await relay.serverEnded();
  return { evidence: hub.evidence, sent: Buffer.concat(toServer).toString() };
}

const call = (id: number, more: object = {}) =>
  [
    'client',
    { id, method: 'tools/call', params: { name: 'read', arguments: { id }, ...more } },
  ] as const;

verifies('attest:wrapper', async () => {
  const { path, jwk } = keyFile();
  const { evidence, sent } = await relayed(path, [call(1), call(2)]);
  const row = {
    issuer: 'urn:wrapper',
    kind: 'orchestrator',
    audience: 'corp',
    algorithms: ['Ed25519'],
    keys: [jwk],
  };
  const trust = readTrust({ issuers: [row] }, 'trust.yaml', systemClock);
  const worth = async (one: IdentityEvidence | undefined, id: string) =>
    verifyIdentity(one ?? {}, { server: 'files', session: 's', id, nowMs: Date.now() }, trust);
  for (const [n, one] of evidence.entries()) {
    const { level, principal, tokens } = await worth(one, `c${n}`);
    expect([level, principal?.subject]).toEqual(['attested', `uid:${process.getuid?.()}`]);
    const [, payload = ''] = tokens[0]?.text.split('.') ?? [];
    const { proc, rctx } = JSON.parse(Buffer.from(payload, 'base64url').toString());
    expect(rctx).toEqual({ lvl_basis: 'peercred' });
    expect(proc).toMatchObject({ uid: process.getuid?.(), pid: expect.any(Number) });
    if (process.platform === 'linux') expect(proc.exe).toMatch(/^\//);
  }
  // It is the hub's alone: nothing of it is on the wire.
  expect(sent).not.toContain(IDENTITY_META_KEY);
  expect(evidence.filter((one) => one !== undefined)).toHaveLength(2);
});

test('a client that brings evidence speaks for itself, and a server is not spoken for', async () => {
  const { path } = keyFile();
  const own = { v: 1, txn: 'a.b.c', proof: 'd.e.f' };
  const { evidence } = await relayed(path, [
    call(1, { _meta: { [IDENTITY_META_KEY]: own } }),
    ['server', { id: 's', method: 'sampling/createMessage', params: { messages: [] } }],
    ['client', { id: 's', result: {} }],
  ]);
  expect(evidence.filter((one) => one !== undefined)).toMatchObject([
    { meta: JSON.stringify(own) },
  ]);
});

test('a wrapper whose key cannot be read does not start', async () => {
  await expect(wrapperAttester({ key: '/nowhere', server: 'x' })).rejects.toThrow(
    'There is no private key',
  );
});

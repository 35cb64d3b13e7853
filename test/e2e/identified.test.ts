import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { Observation, Page, SessionDetail, SessionView } from '@spoor/core';
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { expect, onTestFinished } from 'vitest';
import { verifies } from '../verifies.ts';
import { connect, SERVERS } from './host.ts';
import { toolServer } from './http-servers.ts';
import { enrol, twoMachines } from './machines.ts';
import { firstLine, until, World } from './support.ts';

const ISSUER = 'https://login.example.com';
const RESOURCE = 'https://mcp.example.com/files';

interface IdP {
  readonly jwks: string;
  readonly key: CryptoKey;
}

/** An identity provider, as far as its keys go. */
async function startIdP(): Promise<IdP> {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const keys = [{ ...(await exportJWK(publicKey)), kid: 'k1' }];
  const server = createServer((_, response) => response.end(JSON.stringify({ keys })));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { jwks: `http://127.0.0.1:${port}/jwks`, key: privateKey };
}

const tokenOf = ({ key }: IdP, sub: string): Promise<string> =>
  new SignJWT({ client_id: 'agent' })
    .setProtectedHeader({ alg: 'ES256', kid: 'k1', typ: 'at+jwt' })
    .setIssuer(ISSUER)
    .setAudience(RESOURCE)
    .setSubject(sub)
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign(key);

async function callWith(url: string, token: string): Promise<void> {
  const requestInit = { headers: { authorization: `Bearer ${token}` } };
  const client = new Client({ name: 'http-host', version: '1.0.0' });
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }));
  const [tool] = (await client.listTools()).tools;
  await client.callTool({ name: tool?.name ?? '', arguments: {} });
  await client.close();
}

async function calls(world: World, count: number): Promise<readonly Observation[]> {
  const all = async (): Promise<readonly Observation[]> => {
    const { rows } = await world.api<Page<SessionView>>('sessions');
    const details = rows.map(({ id }) => world.api<SessionDetail>(`sessions/${id}`));
    return (await Promise.all(details))
      .flatMap(({ observations }) => observations)
      .filter(({ kind, outcome }) => kind === 'tool.call' && outcome !== 'pending')
      .toSorted((a, b) => a.seq - b.seq);
  };
  return until(all, (found) => found.length >= count);
}

/** JSON is YAML. */
function trusting(world: World, issuers: readonly object[]): void {
  const path = join(world.folder, 'trust.yml');
  writeFileSync(path, JSON.stringify({ issuers }));
  world.env.SPOOR_IDENTITY_TRUST = path;
}

verifies(
  'identity:end-to-end',
  async () => {
    const world = new World();
    const idp = await startIdP();
    const keys = { algorithms: ['ES256'], jwks: idp.jwks };
    trusting(world, [{ issuer: ISSUER, kind: 'idp', audience: RESOURCE, ...keys }]);
    await world.hub();
    const { url: upstream } = await toolServer(world, 'look', 'Looks something up');
    const authorization = { resource: RESOURCE, issuer: ISSUER, keys: idp.jwks };
    const one = { name: 'files', url: upstream, path: '/mcp', authorization };
    const file = join(world.folder, 'gateway.yml');
    writeFileSync(file, JSON.stringify({ upstreams: [one] }));
    const line = await firstLine(world.spoor('gateway', '--file', file, '--port', '0'));
    const url = /(http:\S+)$/.exec(line)?.[1] ?? line;
    const token = await tokenOf(idp, 'ada.canary');
    await callWith(url, token);
    await callWith(url, await tokenOf(idp, 'bob'));
    const found = (await calls(world, 2)).map(({ principal }) => principal);
    for (const principal of found)
      expect(principal).toMatchObject({
        level: 'verified',
        evidence: expect.arrayContaining(['access-token']),
      });
    const names = new Set(found.map(({ pseudonym }) => pseudonym));
    expect(names.size).toBe(2);
  },
  { case: 'an access token at a gateway', timeoutMs: 60_000 },
);

verifies(
  'identity:end-to-end',
  async () => {
    const world = new World();
    const made = world.call('attest', 'keygen', '--out', 'key.pem', '--json');
    trusting(world, [JSON.parse(made.stdout) as object]);
    await world.hub();
    const attested = await connect(
      world,
      'crm',
      SERVERS.crm(),
      undefined,
      '--attest-key',
      join(world.folder, 'key.pem'),
    );
    await attested.call('read_entitlements');
    await attested.call('read_entitlements');
    await attested.close();
    const found = await calls(world, 2);
    for (const { principal } of found)
      expect(principal).toMatchObject({
        level: 'attested',
        evidence: expect.arrayContaining(['orchestrator']),
      });
  },
  { case: 'a wrapper that attests who has started it', timeoutMs: 60_000 },
);

verifies(
  'identity:end-to-end',
  async () => {
    const { hub, there } = await twoMachines((world) =>
      trusting(world, [{ issuer: 'laptop', kind: 'enrolled' }]),
    );
    await enrol(hub, there, 'laptop');
    const crm = await connect(there, 'crm', SERVERS.crm());
    await crm.call('read_entitlements');
    await crm.close();
    const [found] = await calls(hub, 1);
    expect(found).toMatchObject({
      node: 'laptop',
      principal: { level: 'attested', evidence: ['enrolled', 'process'] },
    });
  },
  { case: 'an enrolled machine that the trust file names', timeoutMs: 90_000 },
);

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { admitTokens, type RunningHttp, serveHttp } from '../../src/index.ts';
import { call, queryServer } from '../support/connect.ts';
import { MemoryReader } from '../support/memory-reader.ts';
import { OTHER_TRACE, SHOP, span, TRACE } from '../support/spans.ts';

const ISSUER = 'https://login.example';
const RESOURCE = 'https://traces.example/mcp';

let keys: Server;
let server: RunningHttp;
let sign: (claims: Record<string, unknown>, audience?: string) => Promise<string>;
let url: string;

beforeAll(async () => {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256', use: 'sig' };
  keys = createServer((_, response) => response.end(JSON.stringify({ keys: [jwk] })));
  keys.listen(0, '127.0.0.1');
  await once(keys, 'listening');
  const { port } = keys.address() as AddressInfo;
  sign = (claims, audience = RESOURCE) =>
    new SignJWT({ sub: 'alice', ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .setIssuer(ISSUER)
      .setAudience(audience)
      .setExpirationTime('5m')
      .sign(privateKey);
  const reader = new MemoryReader({
    '1:0': SHOP,
    '2:0': [span(1, { trace: OTHER_TRACE, service: 'foreign' })],
  });
  const deployment = { name: 'main', reader, tenant: '0:0', tenants: 'any' as const };
  server = await serveHttp(queryServer([deployment]), {
    host: '127.0.0.1',
    port: 0,
    mode: 'http',
    hosts: [],
    origins: [],
    heartbeatMs: 0,
    admission: admitTokens(
      {
        resource: new URL(RESOURCE),
        issuer: ISSUER,
        keys: new URL(`http://127.0.0.1:${port}/keys`),
        algorithms: ['ES256'],
      },
      [{ subject: 'bob', tenants: ['2:0'], allow: ['documentation'] }],
    ),
  });
  url = `http://127.0.0.1:${server.port}`;
});

afterAll(async () => {
  await server.close();
  keys.close();
});

async function as(token: string): Promise<Client> {
  const client = new Client({ name: 'test', version: '0' });
  const requestInit = { headers: { authorization: `Bearer ${token}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { requestInit }));
  return client;
}

const ALL = 'spoor.traces spoor.content spoor.documentation';

test('says whose tokens it takes, and asks for one', async () => {
  const path = '/.well-known/oauth-protected-resource/mcp';
  const response = await fetch(`${url}${path}`);
  expect(await response.json()).toMatchObject({
    resource: RESOURCE,
    authorization_servers: [ISSUER],
    scopes_supported: ['spoor.traces', 'spoor.content', 'spoor.evidence', 'spoor.documentation'],
  });
  for (const door of ['/mcp', '/metrics']) {
    const { status, headers } = await fetch(`${url}${door}`);
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toBe(
      `Bearer resource_metadata="https://traces.example${path}"`,
    );
  }
});

test('a token for somebody else, or a changed one, is none', async () => {
  const good = await sign({ scope: ALL });
  const changed = `${good.slice(0, -6)}AAAAAA`;
  for (const token of [await sign({ scope: ALL }, 'https://other.example/mcp'), changed, 'x'])
    expect(await status(token)).toBe(401);
});

const status = async (token: string): Promise<number> =>
  (await fetch(`${url}/mcp`, { headers: { authorization: `Bearer ${token}` } })).status;

verifies('query:permissions', async () => {
  const may = await as(await sign({ scope: 'spoor.traces', tenant: '1:0' }));
  expect((await call(may, 'services')).data).toMatchObject({ total: 3 });
  const full = await call(may, 'trace', { trace_id: TRACE, detail: 'full' });
  expect(full).toMatchObject({ isError: true });
  expect(full.text).toContain('QUERY_FORBIDDEN: This caller may not ask that: content');
  const content = await as(await sign({ scope: ALL, tenant: '1:0' }));
  expect((await call(content, 'trace', { trace_id: TRACE, detail: 'full' })).isError).toBe(false);
  const none = await as(await sign({ tenant: '1:0' }));
  for (const name of ['services', 'dependencies'])
    expect((await call(none, name)).text).toContain('QUERY_FORBIDDEN');
  const narrowed = await as(await sign({ sub: 'bob', scope: ALL, tenants: ['1:0', '2:0'] }));
  expect((await call(narrowed, 'services')).text).toContain('QUERY_FORBIDDEN');
});

verifies('query:tenants', async () => {
  const one = await as(await sign({ scope: ALL, tenant: '1:0' }));
  expect((await call(one, 'services', { tenant: '2:0' })).text).toContain('QUERY_TENANT');
  expect((await call(one, 'trace', { trace_id: OTHER_TRACE })).data).toMatchObject({ total: 2 });
  const nobodys = await as(await sign({ scope: ALL }));
  expect((await call(nobodys, 'services')).data).toMatchObject({ total: 0 });
  expect((await call(nobodys, 'services', { tenant: '1:0' })).text).toContain('QUERY_TENANT');
  const other = await as(await sign({ sub: 'carol', scope: ALL, tenants: ['2:0'] }));
  expect((await call(other, 'services')).data).toMatchObject({ names: ['foreign'] });
  expect((await call(other, 'trace', { trace_id: TRACE })).text).toContain('NOT_FOUND');
});

import { createSecretKey, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, exportSPKI, generateKeyPair, type JWTHeaderParameters, SignJWT } from 'jose';
import { expect } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import type { Credentials } from '../../src/gateway/options.ts';
import { bodyOf, call, gatewayTo, post, result, upstream } from './support.ts';

const ISSUER = 'https://login.example.com';
const RESOURCE = new URL('http://localhost/mcp');

interface Claimed {
  readonly iss?: string;
  readonly aud?: string | string[];
  readonly sub?: string;
  readonly exp?: number;
  readonly scope?: string;
}

const now = (): number => Math.floor(Date.now() / 1_000);

async function setUp(credentials: Credentials = { kind: 'none' }) {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const stranger = await generateKeyPair('ES256', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' };
  let keysUp = true;
  const fetched: string[] = [];
  const issuer = await upstream((request, response) => {
    fetched.push(request.url ?? '');
    response.writeHead(keysUp ? 200 : 503).end(JSON.stringify({ keys: [jwk] }));
  });
  const seen: (string | undefined)[] = [];
  const server = await upstream(async (request, response) => {
    seen.push(request.headers.authorization);
    await bodyOf(request);
    response.writeHead(200, { 'content-type': 'application/json' }).end(result(1));
  });
  const gateway = await gatewayTo(server.url, {
    upstream: {
      resource: {
        resource: RESOURCE,
        issuer: ISSUER,
        keys: new URL(`http://127.0.0.1:${issuer.port}/jwks`),
        algorithms: ['ES256'],
        scopes: ['files'],
        upstream: credentials,
      },
    },
  });
  const token = (
    claims: Claimed = {},
    header: Partial<JWTHeaderParameters> = {},
    key = privateKey,
  ) =>
    new SignJWT({
      iss: ISSUER,
      aud: RESOURCE.href,
      sub: 'somebody',
      exp: now() + 300,
      scope: 'files other',
      ...claims,
    })
      .setProtectedHeader({ alg: 'ES256', kid: 'k1', ...header })
      .sign(key);
  const ask = (bearer: string) => post(gateway.url, call(1), { authorization: `Bearer ${bearer}` });
  const down = (): void => {
    keysUp = false;
  };
  return { gateway, seen, fetched, token, ask, down, publicKey, stranger, issuer };
}

verifies(
  'gateway:tokens',
  async () => {
    const { gateway, seen, fetched, token, ask, publicKey, stranger, issuer } = await setUp();
    const evil = `http://127.0.0.1:${issuer.port}/evil`;
    const own = await exportJWK(stranger.publicKey);
    const spki = createSecretKey(Buffer.from(await exportSPKI(publicKey)));
    const unsigned = [
      { alg: 'none' },
      { iss: ISSUER, aud: RESOURCE.href, sub: 's', exp: now() + 9 },
    ]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    const good = await token();
    const forged = [
      `${unsigned}.`,
      await token({}, {}, stranger.privateKey),
      await token({}, { jwk: own }, stranger.privateKey),
      await token({}, { jku: evil }, stranger.privateKey),
      await token({}, { x5u: evil, kid: evil }, stranger.privateKey),
      await new SignJWT({ iss: ISSUER, aud: RESOURCE.href, sub: 's', exp: now() + 9 })
        .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
        .sign(spki),
      await token({ iss: 'https://other.example.com' }),
      await token({ aud: 'https://other.example.com/mcp' }),
      await token({ aud: [] }),
      await token({ exp: now() - 120 }),
      await token({ sub: '' }),
      `${good.slice(0, -4)}AAAA`,
      randomBytes(20_000).toString('base64url'),
      'not-a-token',
    ];
    for (const one of forged) {
      const response = await ask(one);
      expect(response.status, one.slice(0, 200)).toBe(401);
      expect(response.headers.get('www-authenticate')).toMatch(/^Bearer error="invalid_token"/);
    }
    expect((await ask(await token({ scope: 'other' }))).status).toBe(403);
    expect(seen).toEqual([]);
    expect(fetched).not.toContain('/evil');
    expect(gateway.counts.GATEWAY_UNAUTHORIZED).toBe(forged.length);
    expect((await ask(good)).status).toBe(200);
    expect((await ask(await token({ aud: ['x', RESOURCE.href] }))).status).toBe(200);
    // The upstream has had none of them.
    expect(seen).toEqual([undefined, undefined]);
  },
  { case: 'forged, stale and borrowed ones', timeoutMs: 30_000 },
);

verifies(
  'gateway:tokens',
  async () => {
    const { gateway, seen } = await setUp();
    const bare = await post(gateway.url, call(1));
    expect(bare.status).toBe(401);
    const challenge = bare.headers.get('www-authenticate') ?? '';
    const url = /resource_metadata="([^"]+)"/.exec(challenge)?.[1] ?? '';
    expect(new URL(url).pathname).toBe('/.well-known/oauth-protected-resource/mcp');
    const { pathname } = new URL(url);
    const metadata = await fetch(`http://127.0.0.1:${gateway.port}${pathname}`);
    expect(await metadata.json()).toEqual({
      resource: RESOURCE.href,
      authorization_servers: [ISSUER],
      scopes_supported: ['files'],
      bearer_methods_supported: ['header'],
    });
    // Nothing else of the upstream is open beside it.
    for (const path of ['/other', '/.well-known/oauth-authorization-server'])
      expect((await fetch(`http://127.0.0.1:${gateway.port}${path}`)).status).toBe(404);
    expect(seen).toEqual([]);
  },
  { case: 'metadata lead a client to the issuer' },
);

verifies(
  'gateway:tokens',
  async () => {
    const file = join(tmpdir(), `spoor-secret-${process.pid}`);
    writeFileSync(file, 'upstream-secret\n', { mode: 0o600 });
    const { seen, token, ask } = await setUp({ kind: 'token', token: { file } });
    expect((await ask(await token())).status).toBe(200);
    expect(seen).toEqual(['Bearer upstream-secret']);

    const asked: string[] = [];
    const endpoint = await upstream(async (request, response) => {
      asked.push(`${request.headers.authorization} ${await bodyOf(request)}`);
      const answer = { access_token: 'exchanged', expires_in: 300, token_type: 'Bearer' };
      response.end(JSON.stringify(answer));
    });
    const by = await setUp({
      kind: 'exchange',
      endpoint: new URL(endpoint.url),
      clientId: 'gateway',
      secret: { file },
      audience: 'files',
    });
    const mine = await by.token();
    expect((await by.ask(mine)).status).toBe(200);
    expect((await by.ask(mine)).status).toBe(200);
    expect(by.seen).toEqual(['Bearer exchanged', 'Bearer exchanged']);
    expect(asked).toHaveLength(1);
    const form = new URLSearchParams(asked[0]?.split(' ').at(-1));
    expect(form.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:token-exchange');
    expect(form.get('subject_token')).toBe(mine);
    expect(asked[0]).toContain(Buffer.from('gateway:upstream-secret').toString('base64'));

    const missing = await setUp({ kind: 'token', token: { file: `${file}.gone` } });
    expect((await missing.ask(await missing.token())).status).toBe(502);
    expect(missing.seen).toEqual([]);
  },
  { case: 'the upstream gets another one: from a file, or in exchange', timeoutMs: 20_000 },
);

verifies(
  'gateway:tokens',
  async () => {
    const { ask, token, down, seen } = await setUp();
    down();
    expect((await ask(await token())).status).toBe(503);
    expect(seen).toEqual([]);
    const known = await setUp();
    expect((await known.ask(await known.token())).status).toBe(200);
    known.down();
    // What was known a moment ago still holds.
    expect((await known.ask(await known.token())).status).toBe(200);
  },
  { case: 'an issuer that does not answer', timeoutMs: 20_000 },
);

verifies('gateway:observes-tokens', async () => {
  const seen: string[] = [];
  const challenge = 'Bearer resource_metadata="http://upstream.example.com/.well-known/x"';
  const server = await upstream((request, response) => {
    seen.push(`${request.url} ${request.headers.authorization ?? ''}`);
    if (request.url === '/mcp') response.writeHead(401, { 'www-authenticate': challenge }).end();
    else response.end(`metadata of ${request.url}`);
  });
  const gateway = await gatewayTo(server.url);
  const refused = await post(gateway.url, call(1), { authorization: 'Bearer theirs' });
  expect(refused.status).toBe(401);
  expect(refused.headers.get('www-authenticate')).toBe(challenge);
  for (const path of [
    '/.well-known/oauth-protected-resource/mcp',
    '/.well-known/oauth-authorization-server',
    '/authorize?a=1',
  ]) {
    const response = await fetch(`http://127.0.0.1:${gateway.port}${path}`);
    expect(await response.text()).toBe(`metadata of ${path}`);
  }
  expect(seen[0]).toBe('/mcp Bearer theirs');
});

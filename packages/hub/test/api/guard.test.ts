import { describe, expect, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { BEARER, logIn, ORIGIN, testApp } from '../support/app.ts';

const problemOf = async (response: Response) => {
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  return (await response.json()) as Record<string, unknown>;
};

describe('requests of other sites', () => {
  const forbidden = [
    ['a name that resolves here', { host: 'evil.example:7717' }],
    ['another port', { host: '127.0.0.1:80' }],
    ['no host', { host: '' }],
    ['another origin', { origin: 'http://evil.example' }],
    ['an origin without a name', { origin: 'null' }],
    ['an origin on another port', { origin: 'http://127.0.0.1:9999' }],
    ['the right origin in another scheme', { origin: 'https://127.0.0.1:7717' }],
    ['an origin of the other name', { host: 'localhost:7717', origin: ORIGIN }],
  ] as const;

  for (const [from, headers] of forbidden) {
    verifies(
      'api:other-sites',
      async () => {
        const { call } = testApp();
        for (const path of ['/', '/api/v1/hub', '/ledger/checkpoint', '/api/v1/login']) {
          const response = await call(path, { headers: { ...BEARER, ...headers } });
          expect(response.status).toBe(403);
          expect(await problemOf(response)).toMatchObject({ code: 'FORBIDDEN_ORIGIN' });
        }
      },
      { case: from },
    );
  }

  test('its own pages are served', async () => {
    const { call } = testApp();
    expect((await call('/api/v1/hub', { headers: { origin: ORIGIN } })).status).toBe(200);
  });
});

test('every answer carries the headers that keep pages apart', async () => {
  const { call, app } = testApp();
  const answers = [
    await call('/'),
    await call('/api/v1/hub'),
    await call('/api/v1/nothing'),
    await app.request(`${ORIGIN}/api/v1/hub`, { headers: { host: 'evil.example' } }),
  ];
  for (const { headers } of answers) {
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('access-control-allow-origin')).toBeNull();
  }
});

describe('who may use the API', () => {
  const PATHS = [
    ['GET', '/api/v1/hub'],
    ['GET', '/api/v1/sessions'],
    ['GET', '/api/v1/live'],
    ['GET', '/api/v1/login'],
    ['POST', '/api/v1/login-code'],
    ['POST', '/api/v1/enforce'],
    ['POST', '/api/v1/stop'],
    ['POST', '/api/v1/ledger/prune'],
    ['PUT', '/api/v1/login'],
    ['GET', '/api/v1/nothing'],
    ['GET', '/ledger/checkpoint'],
  ] as const;

  for (const [method, path] of PATHS) {
    verifies(
      'api:token',
      async () => {
        const { app, asked } = testApp();
        const response = await app.request(`${ORIGIN}${path}`, {
          method,
          headers: { host: '127.0.0.1:7717', cookie: 'spoor_session=guess' },
        });
        expect(response.status).toBe(401);
        const { type, title, status, code, hint } = await problemOf(response);
        expect({ type, status, code }).toEqual({
          type: 'urn:spoor:UNAUTHORIZED',
          status: 401,
          code: 'UNAUTHORIZED',
        });
        expect([typeof title, typeof hint]).toEqual(['string', 'string']);
        expect(asked).toEqual([]);
      },
      { case: `${method} ${path}` },
    );
  }
});

describe('a browser that has logged in', () => {
  test('a cookie reads, and is out of reach of scripts and other sites', async () => {
    const testing = testApp();
    const { cookie, csrf, set } = await logIn(testing);
    expect(set).toContain('HttpOnly');
    expect(set).toContain('SameSite=Strict');
    const headers = { host: '127.0.0.1:7717', cookie };
    const hub = await testing.app.request(`${ORIGIN}/api/v1/hub`, { headers });
    expect(hub.status).toBe(200);
    const again = await testing.app.request(`${ORIGIN}/api/v1/login`, { headers });
    expect(await again.json()).toEqual({ csrf });
  });

  verifies(
    'api:other-sites',
    async () => {
      const testing = testApp();
      const { cookie, csrf } = await logIn(testing);
      const other = await logIn(testing);
      const enforce = (token?: string): Promise<Response> | Response =>
        testing.app.request(`${ORIGIN}/api/v1/enforce`, {
          method: 'POST',
          headers: {
            host: '127.0.0.1:7717',
            cookie,
            ...(token === undefined ? {} : { 'x-spoor-csrf': token }),
          },
          body: '{"mode":"enforce"}',
        });
      for (const token of [undefined, '', 'guess', other.csrf]) {
        const response = await enforce(token);
        expect(response.status).toBe(403);
        expect(await problemOf(response)).toMatchObject({ code: 'CSRF' });
      }
      expect(testing.asked).toEqual([]);
      expect((await enforce(csrf)).status).toBe(200);
      expect(testing.asked).toEqual([{ kind: 'enforce', mode: 'enforce' }]);
    },
    { case: 'a cookie without the token of its log-in' },
  );

  test('the token needs no second one, and makes codes for links', async () => {
    const testing = testApp();
    const response = await testing.call('/api/v1/login-code', { method: 'POST' });
    const { code } = (await response.json()) as { readonly code: string };
    expect(testing.auth.logIn(code, 0).cookie).toMatch(/^\d+\.[0-9a-f]{48}\.[0-9a-f]{64}$/);
  });

  test('a cookie does not prune the ledger', async () => {
    const testing = testApp();
    const { cookie, csrf } = await logIn(testing);
    const response = await testing.app.request(`${ORIGIN}/api/v1/ledger/prune`, {
      method: 'POST',
      headers: { host: '127.0.0.1:7717', cookie, 'x-spoor-csrf': csrf },
      body: '{"beforeMs":1}',
    });
    expect(response.status).toBe(401);
  });

  test('a cookie does not make codes', async () => {
    const testing = testApp();
    const { cookie, csrf } = await logIn(testing);
    const response = await testing.app.request(`${ORIGIN}/api/v1/login-code`, {
      method: 'POST',
      headers: { host: '127.0.0.1:7717', cookie, 'x-spoor-csrf': csrf },
    });
    expect(response.status).toBe(401);
  });
});

describe('files', () => {
  const text = async (response: Promise<Response>): Promise<string> => (await response).text();

  test('the UI is served, and its own addresses lead to it', async () => {
    const { call } = testApp();
    expect(await text(call('/'))).toContain('Spoor');
    expect(await text(call('/sessions/abc'))).toContain('Spoor');
    const script = await call('/assets/app.js');
    expect(script.headers.get('content-type')).toContain('text/javascript');
    expect((await call('/assets/none.js')).status).toBe(404);
  });

  const OUT = [
    '/../secret',
    '/..%2fsecret',
    '/%2e%2e/secret',
    '/%2e%2e%2fsecret',
    '/..%5csecret',
    '/assets/..%2f..%2fsecret',
    '/%252e%252e%252fsecret',
    '//secret',
    '/secret%00.html',
    '/assets',
  ];

  test.each(OUT)('%s does not lead out of the folder', async (path) => {
    const response = await testApp().call(path);
    expect(await response.text()).not.toContain('SECRET');
  });

  test.each(['checkpoint', 'tile/0/x001/000', 'tile/entries/000'])(
    'the log is served: %s',
    async (path) => {
      const response = await testApp().call(`/ledger/${path}`);
      expect(response.status).toBe(200);
      expect((await response.text()).length).toBeGreaterThan(0);
    },
  );

  const NOT_THE_LOG = [
    'vault/000',
    'tile/../vault/000',
    'tile/entries/..%2f..%2fvault%2f000',
    '..%2fsecret',
    'checkpoint%0a',
    'tile/0/999',
    '',
  ];

  test.each(NOT_THE_LOG)('of the ledger’s folder nothing else is: %s', async (path) => {
    const response = await testApp().call(`/ledger/${path}`);
    expect(response.status).toBe(404);
    expect(await response.text()).not.toContain('SECRET');
  });
});

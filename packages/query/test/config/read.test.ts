import { expect, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { readSettings } from '../../src/index.ts';

const read = (env: Record<string, string>, file?: unknown) =>
  readSettings({ flags: {}, env, file });

const ENTRYPOINT = 'https://traces.example:10428';

verifies('query:settings', () => {
  const settings = read({
    VT_INSTANCE_ENTRYPOINT: ENTRYPOINT,
    VT_INSTANCE_BEARER_TOKEN: 'secret-token',
    VT_INSTANCE_HEADERS: 'X-Team=blue, X-Env=prod',
    VT_DEFAULT_TENANT_ID: '7',
    VT_ALLOWED_HOSTS: 'b.example, c.example:8443',
    ALLOW_INSECURE_ENTRYPOINT: '1',
    MCP_SERVER_MODE: 'HTTP',
    MCP_LISTEN_ADDR: '127.0.0.1:9000',
    MCP_DISABLED_TOOLS: 'dependencies, trace,',
    MCP_HEARTBEAT_INTERVAL: '1m30s',
    MCP_LOG_FORMAT: 'json',
    MCP_LOG_LEVEL: 'warn',
  });
  expect(settings).toMatchObject({
    mode: 'http',
    host: '127.0.0.1',
    port: 9_000,
    disabled: ['dependencies', 'trace'],
    heartbeatMs: 90_000,
    logFormat: 'json',
    logLevel: 'warn',
    deployments: [
      {
        name: 'victoriatraces',
        tenant: '7:0',
        tenants: 'any',
        backend: {
          kind: 'victoriatraces',
          insecure: true,
          allowedHosts: ['b.example', 'c.example:8443'],
          headers: { 'X-Team': 'blue', 'X-Env': 'prod' },
          credentials: [
            {
              origin: ENTRYPOINT,
              scheme: 'bearer',
              secret: { environment: 'VT_INSTANCE_BEARER_TOKEN' },
            },
          ],
        },
      },
    ],
  });
  expect(JSON.stringify(settings)).not.toContain('secret-token');
});

test('what is usual where nothing is said', () => {
  expect(read({ VT_INSTANCE_ENTRYPOINT: ENTRYPOINT })).toMatchObject({
    mode: 'stdio',
    host: 'localhost',
    port: 8_081,
    heartbeatMs: 30_000,
    logFormat: 'text',
    logLevel: 'info',
    allow: ['traces', 'evidence', 'documentation'],
    deployments: [{ tenant: '0:0' }],
  });
  expect(read({ MCP_SSE_ADDR: '127.0.0.1:1' })).toMatchObject({ port: 1 });
});

test.each([
  ['VT_INSTANCE_ENTRYPOINT', 'traces'],
  ['VT_INSTANCE_ENTRYPOINT', 'file:///etc/passwd'],
  ['VT_INSTANCE_ENTRYPOINT', 'https://user:secret-pw@traces.example'],
  ['MCP_SERVER_MODE', 'tcp'],
  ['MCP_LISTEN_ADDR', 'localhost'],
  ['MCP_LISTEN_ADDR', 'localhost:99999'],
  ['MCP_HEARTBEAT_INTERVAL', '-1s'],
  ['MCP_HEARTBEAT_INTERVAL', 'soon'],
  ['MCP_LOG_FORMAT', 'xml'],
  ['MCP_LOG_LEVEL', 'loud'],
])('%s=%s is refused by its name', (name, value) => {
  const wrong = () => read({ VT_INSTANCE_ENTRYPOINT: ENTRYPOINT, [name]: value });
  expect(wrong).toThrow(new RegExp(`${name} (?:is|has) `));
  expect(wrong).not.toThrow(/secret-pw/);
});

test.each([
  ['VT_DEFAULT_TENANT_ID', '1:2:3'],
  ['VT_INSTANCE_HEADERS', 'novalue'],
])('%s=%s is refused by its name', (name, value) => {
  expect(() => read({ VT_INSTANCE_ENTRYPOINT: ENTRYPOINT, [name]: value })).toThrow(name);
});

test('several deployments, callers and who may what, from a file', () => {
  const file = {
    mode: 'http',
    listen: ':8443',
    hosts: ['traces.example'],
    allow: ['traces'],
    log: { level: 'error' },
    authorization: {
      resource: 'https://traces.example/mcp',
      issuer: 'https://login.example',
      keys: 'https://login.example/keys',
    },
    callers: [{ subject: 'alice', tenants: ['1:0'] }],
    deployments: [
      { name: 'own', kind: 'spoor' },
      { name: 'prod', kind: 'jaeger', url: 'https://jaeger.example', token: { file: 'token' } },
      { name: 'stage', kind: 'tempo', url: 'https://tempo.example', tls: { ca: 'ca.pem' } },
    ],
  };
  const settings = read({ MCP_LOG_LEVEL: 'warn' }, file);
  expect(settings).toMatchObject({
    host: '0.0.0.0',
    port: 8_443,
    logLevel: 'warn',
    callers: [{ subject: 'alice', tenants: ['1:0'] }],
    authorization: { algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'] },
    deployments: [
      { name: 'own', tenants: [] },
      {
        backend: { credentials: [{ origin: 'https://jaeger.example', secret: { file: 'token' } }] },
      },
      { backend: { kind: 'tempo', tls: { caFile: 'ca.pem' } } },
    ],
  });
  expect(settings.deployments[0]).not.toHaveProperty('backend');
});

test.each([
  [{ deploymnts: [] }, /deploymnts; did you mean deployments\?/],
  [
    { deployments: [{ name: 'a', kind: 'jaeger', ulr: 'x' }] },
    /deployments\[0\]\.ulr; did you mean url\?/,
  ],
  [{ deployments: [{ name: 'a', kind: 'jaeger' }] }, /deployments\[0\]\.url is missing/],
  [{ deployments: [{ name: 'a b', kind: 'spoor' }] }, /deployments\[0\]\.name/],
  [{ deployments: [1, 2].map(() => ({ name: 'a', kind: 'spoor' })) }, /two deployments/],
  [{ allow: ['everything'] }, /allow\[0\]/],
  [{ listen: 'here' }, /listen: is no address/],
])('%j is refused by the key', (file, message) => {
  expect(() => read({}, file)).toThrow(message);
});

test('to listen beyond this machine needs authorization, or a word', () => {
  const open = { MCP_SERVER_MODE: 'http', MCP_LISTEN_ADDR: ':8081' };
  expect(() => read(open)).toThrow(/MCP_ALLOW_UNAUTHENTICATED/);
  expect(read({ ...open, MCP_ALLOW_UNAUTHENTICATED: '1' }).host).toBe('0.0.0.0');
  expect(read({ ...open, MCP_LISTEN_ADDR: 'localhost:1' }).port).toBe(1);
});

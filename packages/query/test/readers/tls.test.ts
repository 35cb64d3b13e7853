import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { AUTHORITY, CLIENT_ONE, SERVER, STRANGER } from '../../../edge/test/certificates.ts';
import { type BackendSettings, openReader } from '../../src/index.ts';

/** VictoriaTraces behind mutual TLS and a bearer token, as far as it has to be there. */
async function guarded(): Promise<{ readonly url: URL; readonly seen: string[] }> {
  const seen: string[] = [];
  const options = { key: SERVER.key, cert: SERVER.certificate, ca: AUTHORITY, requestCert: true };
  const server = createServer(options, ({ headers, socket }, response) => {
    const { subject } = (socket as TLSSocket).getPeerCertificate();
    seen.push(`${subject.CN} ${headers.authorization} ${headers['x-team']}`);
    response.end('{"data":["shop"]}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: new URL(`https://localhost:${(server.address() as AddressInfo).port}/`), seen };
}

function files(): (name: string, text: string) => string {
  const folder = mkdtempSync(join(tmpdir(), 'spoor-tls-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return (name, text) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
}

async function services(settings: Partial<BackendSettings>, entrypoint: URL): Promise<unknown> {
  const reader = openReader({ kind: 'victoriatraces', entrypoint, ...settings });
  onTestFinished(() => reader.close());
  const ask = { signal: AbortSignal.timeout(10_000) };
  return reader.services(ask).catch((error: { readonly code: string }) => error.code);
}

test('a backend is shown a client certificate, a token of its own and custom headers', async () => {
  const { url, seen } = await guarded();
  const file = files();
  const tls = {
    caFile: file('ca.pem', AUTHORITY),
    certificateFile: file('client.pem', CLIENT_ONE.certificate),
    keyFile: file('client.key', CLIENT_ONE.key),
  };
  const settings = {
    tls,
    credentials: [
      { origin: url.origin, scheme: 'bearer', secret: { file: file('token', 'hunter2\n') } },
      { origin: 'https://other.example', scheme: 'bearer', secret: { file: '/nowhere' } },
    ],
    headers: { 'X-Team': 'blue' },
  } as const;
  expect(await services(settings, url)).toEqual(['shop']);
  expect(seen).toEqual(['client-one Bearer hunter2 blue']);
});

test('one whose certificate nobody vouches for is not asked', async () => {
  const { url, seen } = await guarded();
  const file = files();
  expect(await services({}, url)).toBe('BACKEND_CERTIFICATE');
  const tls = { caFile: file('ca.pem', STRANGER) };
  expect(await services({ tls }, url)).toBe('BACKEND_CERTIFICATE');
  const missing = { caFile: '/nowhere/ca.pem' };
  expect(await services({ tls: missing }, url)).toBe('CONFIG_UNREADABLE');
  expect(seen).toEqual([]);
});

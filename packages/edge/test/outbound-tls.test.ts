import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { CodedError } from '@spoor/core';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { verifies } from '../../../test/verifies.ts';
import { OutboundClient, type TlsFiles } from '../src/outbound.ts';
import { AUTHORITY, CLIENT_ONE, CLIENT_TWO, type Pair, SERVER, STRANGER } from './certificates.ts';

let url: URL;
let files: Required<TlsFiles>;
/** Names of the clients whose requests came. */
let clients: string[];

beforeEach(async () => {
  clients = [];
  const options = { key: SERVER.key, cert: SERVER.certificate, ca: AUTHORITY, requestCert: true };
  const server = createServer(options, (request, response) => {
    const { subject } = (request.socket as TLSSocket).getPeerCertificate();
    clients.push(String(subject.CN));
    response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = new URL(`https://localhost:${(server.address() as AddressInfo).port}/`);
  const folder = mkdtempSync(join(tmpdir(), 'spoor-tls-'));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });
  files = {
    caFile: join(folder, 'ca.pem'),
    certificateFile: join(folder, 'client.pem'),
    keyFile: join(folder, 'client.key'),
  };
  writeFileSync(files.caFile, AUTHORITY);
  become(CLIENT_ONE);
});

function become({ certificate, key }: Pair): void {
  writeFileSync(files.certificateFile, certificate);
  writeFileSync(files.keyFile, key);
}

function client(tls: TlsFiles | undefined): OutboundClient {
  const outbound = new OutboundClient({
    trustedHosts: ['localhost'],
    timeoutMs: 5_000,
    responseBytesMax: 1_000,
    ...(tls === undefined ? {} : { tls }),
  });
  onTestFinished(() => outbound.close());
  return outbound;
}

const post = async (outbound: OutboundClient): Promise<number | string> =>
  outbound.post(url, {}, new Uint8Array(1)).then(
    ({ status }) => status,
    (error: unknown) => (error instanceof CodedError ? error.code : String(error)),
  );

verifies(
  'export:credentials',
  async () => {
    const outbound = client(files);
    expect([await post(outbound), await post(outbound)]).toEqual([200, 200]);
    become(CLIENT_TWO);
    expect([await post(outbound), await post(outbound)]).toEqual([200, 200]);
    expect(clients).toEqual(['client-one', 'client-one', 'client-two', 'client-two']);
  },
  { case: 'TLS certificate and key' },
);

test('a server of an authority that nobody named is not spoken to', async () => {
  expect(await post(client(undefined))).toBe('OUTBOUND_FAILED');
  writeFileSync(files.caFile, STRANGER);
  expect(await post(client({ caFile: files.caFile }))).toBe('OUTBOUND_FAILED');
  expect(clients).toEqual([]);
});

test('a server that asks for a certificate does not hear one who has none', async () => {
  expect(await post(client({ caFile: files.caFile }))).toBe('OUTBOUND_FAILED');
  expect(clients).toEqual([]);
});

test('a file that cannot be read, or fits no other, sends nothing', async () => {
  const outbound = client({ ...files, keyFile: `${files.keyFile}.none` });
  expect(await post(outbound)).toBe('CONFIG_UNREADABLE');
  writeFileSync(files.keyFile, CLIENT_TWO.key);
  expect(await post(client(files))).toBe('OUTBOUND_FAILED');
  expect(clients).toEqual([]);
});

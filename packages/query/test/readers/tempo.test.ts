import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort, launch, programOnPath } from '../../../../test/backends.ts';
import { openReader, type TraceReader } from '../../src/index.ts';
import { type Backing, readerSuite } from './suite.ts';
import { madeSpan, sendSpans } from './support/otlp.ts';
import { tempoContract } from './support/tempo.ts';

const PROGRAM = programOnPath('tempo');

interface Running {
  readonly url: string;
  /** Where it takes OTLP. */
  readonly ingest: string;
  close(): Promise<void>;
}

async function real(program: string): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), 'spoor-tempo-'));
  const [http, grpc, otlp] = [await freePort(), await freePort(), await freePort()];
  const config = join(folder, 'config.yaml');
  writeFileSync(
    config,
    `
server:
  http_listen_address: 127.0.0.1
  http_listen_port: ${http}
  grpc_listen_address: 127.0.0.1
  grpc_listen_port: ${grpc}
multitenancy_enabled: false
distributor:
  receivers: { otlp: { protocols: { http: { endpoint: "127.0.0.1:${otlp}" } } } }
storage:
  trace:
    backend: local
    local: { path: ${folder}/blocks }
    wal: { path: ${folder}/wal }
`,
  );
  const url = `http://127.0.0.1:${http}`;
  const close = await launch(program, [`-config.file=${config}`], folder, `${url}/ready`);
  return { url, ingest: `http://127.0.0.1:${otlp}/v1/traces`, close };
}

async function contract(version: 1 | 2): Promise<Running> {
  const server = await tempoContract(version);
  return { ...server, ingest: `${server.url}/v1/traces` };
}

const open = (url: string, tenant?: string): TraceReader =>
  openReader({
    kind: 'tempo',
    entrypoint: new URL(url),
    ...(tenant === undefined ? {} : { tenant }),
  });
const ask = (): { readonly signal: AbortSignal } => ({ signal: AbortSignal.timeout(20_000) });

const NAME =
  PROGRAM === undefined
    ? 'a server that answers as Tempo documents it (no `tempo` on PATH)'
    : 'a real Tempo';

describe(NAME, () => {
  let server: Running;
  beforeAll(async () => {
    server = await (PROGRAM === undefined ? contract(2) : real(PROGRAM));
  }, 60_000);
  afterAll(() => server?.close());

  readerSuite(NAME, (): Backing => ({ reader: open(server.url), ingest: server.ingest }));
});

describe('a server that answers as Tempo before 2.6 documents it', () => {
  let server: Running;
  beforeAll(async () => {
    server = await contract(1);
  });
  afterAll(() => server?.close());

  readerSuite(
    'Tempo before 2.6, after its documents',
    (): Backing => ({ reader: open(server.url), ingest: server.ingest }),
  );

  test('keeps tenants apart, and asks for one at a time', async () => {
    const span = madeSpan({ service: 'of-a' });
    await sendSpans(server.ingest, [span], { 'x-scope-orgid': 'a' });
    const reader = open(server.url, 'a');
    expect(await reader.services(ask())).toEqual(['of-a']);
    expect(await reader.services({ ...ask(), tenant: 'b' })).toEqual([]);
    for (const tenant of ['a|b', '..', '', 'a b', 'a\r\nx: y'])
      await expect(reader.services({ ...ask(), tenant })).rejects.toMatchObject({
        code: 'QUESTION_INVALID',
      });
    await reader.close();
  });

  test('has no graph of services, and that is said', async () => {
    const reader = open(server.url);
    expect(reader.cannot.get('dependencies')).toContain('no graph');
    await expect(reader.dependencies(0, 0, ask())).rejects.toMatchObject({
      code: 'BACKEND_CANNOT',
    });
    await reader.close();
  });
});

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort, launch, programOnPath } from '../../../../test/backends.ts';
import { openReader, type TraceReader } from '../../src/index.ts';
import { type Backing, readerSuite } from './suite.ts';
import { madeSpan, sendSpans } from './support/otlp.ts';
import { victoriaTracesContract } from './support/victoriatraces.ts';

const PROGRAM = programOnPath('victoria-traces');

interface Running {
  readonly url: string;
  close(): Promise<void>;
}

async function real(program: string): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), 'spoor-victoriatraces-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const words = [`-httpListenAddr=127.0.0.1:${port}`, `-storageDataPath=${join(folder, 'data')}`];
  return { url, close: await launch(program, words, folder, `${url}/health`) };
}

const NAME =
  PROGRAM === undefined
    ? 'a server that answers as VictoriaTraces documents it (no `victoria-traces` on PATH)'
    : 'a real VictoriaTraces';

describe(NAME, () => {
  let server: Running;
  const ask = (tenant?: string): Parameters<TraceReader['services']>[0] => ({
    signal: AbortSignal.timeout(20_000),
    ...(tenant === undefined ? {} : { tenant }),
  });
  const open = (tenant?: string): TraceReader =>
    openReader({
      kind: 'victoriatraces',
      entrypoint: new URL(`${server.url}/`),
      ...(tenant === undefined ? {} : { tenant }),
    });

  beforeAll(async () => {
    server = await (PROGRAM === undefined ? victoriaTracesContract() : real(PROGRAM));
  }, 60_000);
  afterAll(() => server?.close());

  readerSuite(
    NAME,
    (): Backing => ({
      reader: open(),
      ingest: `${server.url}/insert/opentelemetry/v1/traces`,
    }),
  );

  test('keeps tenants apart', async () => {
    const span = madeSpan({ service: 'of-seven' });
    await sendSpans(`${server.url}/insert/opentelemetry/v1/traces`, [span], {
      AccountID: '7',
      ProjectID: '3',
    });
    const reader = open('7:3');
    await expect.poll(() => reader.services(ask()), { timeout: 20_000 }).toEqual(['of-seven']);
    expect(await reader.services(ask('7'))).toEqual([]);
    expect(await reader.trace(span.trace, ask('0:0'))).toBeUndefined();
    expect((await reader.trace(span.trace, ask()))?.spans).toHaveLength(1);
    await reader.close();
  });

  test.each(['', 'a:b', '1:2:3', '-1:0', '4294967296', '1:4294967296', '1 :2', '1\n', '0x1'])(
    'asks for no tenant %j',
    async (tenant) => {
      const reader = open();
      await expect(reader.services(ask(tenant))).rejects.toMatchObject({
        code: 'QUESTION_INVALID',
      });
      await reader.close();
    },
  );
});

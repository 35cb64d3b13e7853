import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished } from 'vitest';
import { verifies } from '../../../test/verifies.ts';
import { htmlReport, scan, textReport } from '../src/index.ts';
import { idsOf, scanSmall } from './support.ts';

const TIMEOUT_MS = 120_000;

verifies(
  'scan:hostile',
  async () => {
    const [flood, forks, line] = await Promise.all([
      scanSmall('flood'),
      scanSmall('fork'),
      scanSmall('line'),
    ]);
    for (const report of [flood, forks, line])
      expect(idsOf(report, 'failed')).toContain('contained');
    // Facts that need nothing but the handshake.
    expect(idsOf(forks, 'failed')).toEqual(
      expect.arrayContaining(['protocol-version', 'server-version', 'telemetry-present']),
    );
  },
  { case: 'over stdio', timeoutMs: TIMEOUT_MS },
);

async function started(handle: Parameters<typeof createServer>[1]): Promise<[URL, Server]> {
  const http = createServer(handle as never);
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  const { port } = http.address() as AddressInfo;
  return [new URL(`http://127.0.0.1:${port}/mcp`), http];
}

const failureOf = (url: URL): Promise<string> =>
  scan({ kind: 'url', url }, { scanner: 'test' }).then(
    () => 'scanned',
    (error: { readonly code?: string }) => error.code ?? 'unknown',
  );

verifies(
  'scan:hostile',
  async () => {
    const reached: string[] = [];
    const [inside] = await started((request, response) => {
      reached.push(request.url ?? '');
      response.end('{}');
    });
    const [redirecting] = await started((_, response) => {
      response.writeHead(302, { location: inside.href }).end();
    });
    const bomb = gzipSync(Buffer.alloc(64 * 1_048_576));
    const [bombing] = await started((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
      response.end(bomb);
    });
    const [lying] = await started((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '10' });
      response.write('{"a":1}', () => response.destroy());
    });
    const targets = [redirecting, bombing, lying];
    const before = process.memoryUsage().arrayBuffers;
    expect(await Promise.all(targets.map(failureOf))).toEqual(targets.map(() => 'SCAN_NO_ANSWER'));
    // A redirect is an answer and leads nowhere; what is zipped stays so.
    expect(reached).toEqual([]);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1_048_576);
  },
  { case: 'over HTTP', timeoutMs: TIMEOUT_MS },
);

const NAME = '<img src=x onerror=alert(1)>\u001b[2J\u202egpj"\'&';

verifies(
  'scan:boxed',
  async () => {
    process.env.SPOOR_TEST_OWN_SECRET = 'this is of the user alone';
    const report = await scanSmall('look', NAME);
    const text = textReport(report, (_, part) => part);
    expect(JSON.stringify(report)).not.toContain('this is of the user alone');
    expect(JSON.stringify(report)).toContain('{scan}/home');
    expect(report.notes.join(' ')).toMatch(/Network of the server: /);
    // Whatever the server is called, it is called so in plain characters.
    expect(text).not.toMatch(/[\u001b\u202e]/);
    expect(htmlReport(report)).not.toContain('<img');
  },
  { timeoutMs: TIMEOUT_MS },
);

verifies(
  'scan:not-tested',
  async () => {
    const report = await scanSmall('plain');
    const skipped = idsOf(report, 'not-tested');
    expect(skipped).toEqual(
      expect.arrayContaining(['telemetry-arguments', 'baggage-forwarded', 'definition-drift']),
    );
    expect(idsOf(report, 'passed').filter((id) => skipped.includes(id))).toEqual([]);
    expect(report.tier).not.toBe('gold');
    for (const { status, because } of report.logging.requirements)
      if (status === 'not-tested') expect(because).not.toBe('');
    expect(report.logging).toMatchObject({ proved: 'L1', refuted: 'L2' });
    await expect(scanSmall('end')).rejects.toMatchObject({ code: 'SCAN_NO_ANSWER' });
  },
  { timeoutMs: TIMEOUT_MS },
);

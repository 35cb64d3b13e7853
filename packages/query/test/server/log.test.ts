import { expect, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { createLog } from '../../src/index.ts';
import { call, connected, deploymentOf, queryServer } from '../support/connect.ts';
import { MemoryReader } from '../support/memory-reader.ts';
import { SHOP } from '../support/spans.ts';

const CANARY = 'canary-7f3a';

async function linesOf(format: 'text' | 'json', reader: MemoryReader): Promise<readonly string[]> {
  const lines: string[] = [];
  const log = createLog(
    format,
    'debug',
    (line) => lines.push(line),
    () => new Date(0),
  );
  const client = await connected(queryServer([deploymentOf(reader)], { log }));
  await call(client, 'services', { tenant: CANARY });
  await call(client, 'services');
  await call(client, 'traces', { service: CANARY, tags: { [CANARY]: CANARY } });
  await call(client, 'trace', { trace_id: 'abc' });
  await call(client, 'service_operations', { service_name: CANARY });
  return lines;
}

verifies('query:log', async () => {
  const spans = SHOP.map((one) => ({ ...one, service: CANARY, name: CANARY }));
  const failing = new (class extends MemoryReader {
    override operations(): Promise<never> {
      return Promise.reject(new Error(`https://${CANARY}.example/path?token=${CANARY}`));
    }
  })({ '0:0': spans });
  for (const format of ['text', 'json'] as const) {
    const lines = await linesOf(format, failing);
    expect(lines.length).toBe(5);
    expect(lines.join('\n')).not.toContain(CANARY);
    expect(lines.join('\n')).toContain('INTERNAL');
  }
});

test('what somebody would put into a field of the log does not come out of it', () => {
  const lines: string[] = [];
  const log = createLog(
    'text',
    'info',
    (line) => lines.push(line),
    () => new Date(0),
  );
  log.info('call', { tool: 'services\nINFO forged', caller: 'Bearer abc', outcome: 'OK', ms: 1 });
  log.debug('call', {});
  expect(lines).toEqual([
    '1970-01-01T00:00:00.000Z info call tool=[redacted] caller=[redacted] outcome=OK ms=1',
  ]);
});

test('a peer gets the code of a failure and nothing of its cause', async () => {
  const reader = new (class extends MemoryReader {
    override services(): Promise<never> {
      return Promise.reject(new Error(`connect ECONNREFUSED 10.0.0.7 ${CANARY}`));
    }
  })({});
  const { text, isError } = await call(
    await connected(queryServer([deploymentOf(reader)])),
    'services',
  );
  expect(isError).toBe(true);
  expect(text).toMatch(/^INTERNAL: /);
  expect(text).not.toMatch(/10\.0\.0\.7|canary/);
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchJaeger, missingBackend } from '../../../../test/backends.ts';
import { openReader } from '../../src/index.ts';
import { type Backing, readerSuite } from './suite.ts';

const missing = missingBackend();

describe.skipIf(missing !== undefined)('a real Jaeger', () => {
  let jaeger: Awaited<ReturnType<typeof launchJaeger>>;
  beforeAll(async () => {
    jaeger = await launchJaeger();
  }, 60_000);
  afterAll(() => jaeger?.stop());

  readerSuite(
    'Jaeger',
    (): Backing => ({
      reader: openReader({ kind: 'jaeger', entrypoint: new URL(jaeger.url) }),
      ingest: `${jaeger.endpoint}/v1/traces`,
    }),
  );

  test('is no VictoriaTraces, and that is not said to be an empty one', async () => {
    const reader = openReader({ kind: 'victoriatraces', entrypoint: new URL(jaeger.url) });
    const ask = { signal: AbortSignal.timeout(10_000) };
    await expect(reader.services(ask)).rejects.toMatchObject({ code: 'BACKEND_MALFORMED' });
    await expect(reader.trace('a'.repeat(32), ask)).rejects.toMatchObject({
      code: 'BACKEND_MALFORMED',
    });
    await reader.close();
  });
});

test.runIf(missing !== undefined)(`SKIPPED: ${missing}`, () => {
  expect(missing).toContain('no Jaeger');
});

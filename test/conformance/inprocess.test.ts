import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, vi } from 'vitest';
import { verifies } from '../verifies.ts';
import { FIXTURE } from './compare.ts';
import { compareArms } from './comparison.ts';
import { REVISIONS } from './suite.ts';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** The same server with one flag more, and with telemetry, without which nothing would be done. */
const INSTRUMENTED = [
  process.execPath,
  '--import',
  path('fixture/telemetry.ts'),
  '--import',
  path('../../packages/instrument/src/register.ts'),
  ...FIXTURE.slice(1),
];

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'spoor-spans-'));
  vi.stubEnv('SPANS_FILE', join(folder, 'spans'));
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

verifies(
  'inprocess:conformance',
  async () => {
    const comparisons = await compareArms({ direct: FIXTURE, wrapped: INSTRUMENTED }, REVISIONS);
    expect(comparisons.map(({ revision, differing }) => ({ revision, differing }))).toEqual(
      REVISIONS.map((revision) => ({ revision, differing: [] })),
    );
    const [legacy, modern] = comparisons;
    expect(legacy?.passedChecks).toBeGreaterThanOrEqual(80);
    expect(modern?.passedChecks).toBeGreaterThanOrEqual(155);
    // It was looked at: most scenarios call something.
    const spans = readFileSync(join(folder, 'spans'), 'utf8').split('\n');
    expect(spans.filter((name) => name.startsWith('tools/call')).length).toBeGreaterThan(20);
  },
  { timeoutMs: 900_000 },
);

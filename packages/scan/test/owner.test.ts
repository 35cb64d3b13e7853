import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { verifies } from '../../../test/verifies.ts';
import { type Report, readLock } from '../src/index.ts';
import { idsOf, scanTwin } from './support.ts';

const TIMEOUT_MS = 120_000;
const ROOT = join(import.meta.dirname, '../../..');

verifies(
  'scan:exporter',
  async () => {
    const secret = 'hunter2-of-the-owner';
    const [bad, good] = await Promise.all([
      scanTwin({
        faults: ['no-telemetry'],
        exporter: {
          OTEL_EXPORTER_OTLP_ENDPOINT: `http://me:${secret}@collector.example:4318`,
          OTEL_RESOURCE_ATTRIBUTES: `api_key=${secret}`,
        },
      }),
      scanTwin({
        faults: ['no-telemetry'],
        exporter: {
          OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector.example:4318',
          OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer ${secret}`,
          OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment=prod',
        },
      }),
    ]);
    const own = ['export-credentials', 'export-plain-text', 'export-unauthenticated'];
    expect(idsOf(bad, 'failed')).toEqual([...own, 'telemetry-present']);
    expect(idsOf(good, 'passed')).toEqual(expect.arrayContaining(own));
    expect(JSON.stringify([bad, good])).not.toContain(secret);
  },
  { timeoutMs: TIMEOUT_MS },
);

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function spoor(args: readonly string[], faults: string): Promise<Ended> {
  const command = [join(ROOT, 'packages/cli/bin/spoor.mjs'), 'scan', '--env', 'CORPUS_FAULTS'];
  const server = ['--', process.execPath, join(import.meta.dirname, 'corpus/server.ts')];
  const env = { ...process.env, CORPUS_FAULTS: faults };
  return new Promise((resolve) => {
    execFile(process.execPath, [...command, ...args, ...server], { env }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
  });
}

verifies(
  'scan:command',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'spoor-test-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const at = (name: string): string => join(folder, name);
    const files = ['--html', at('a.html'), '--sarif', at('a.sarif'), '--badge', at('a.svg')];
    const [good, bad] = await Promise.all([
      spoor([...files, '--write-lock', at('lock.json')], 'stdout-noise'),
      spoor(['--json', '--fail-on', 'critical', '--fail-under', '10'], 'poison'),
    ]);
    // A low finding alone is below the threshold.
    expect(good).toMatchObject({ code: 0, stderr: '' });
    expect(good.stdout).toMatch(/Not tested, which is not passed/);
    expect(bad.code).toBe(1);
    const report = JSON.parse(bad.stdout) as Report;
    expect(idsOf(report, 'failed')).toEqual(['tool-poisoning']);
    expect(readFileSync(at('a.html'), 'utf8')).toContain('<h1>corpus 1.0.0</h1>');
    expect(readFileSync(at('a.svg'), 'utf8')).toContain('A 98 gold');
    const lock = readLock(readFileSync(at('lock.json'), 'utf8'));
    expect([...lock.keys()]).toContain('find_entry');
    const drifted = await spoor(['--json', '--lock', at('lock.json')], 'poison');
    const found = JSON.parse(drifted.stdout) as Report;
    expect(idsOf(found, 'failed')).toContain('definition-drift');
  },
  { timeoutMs: TIMEOUT_MS },
);

verifies('scan:lock', () => {
  for (const text of ['', '{}', '{"format":2,"tools":{}}', '{"format":1,"tools":{"a":1}}'])
    expect(() => readLock(text)).toThrow(/lock file/);
  expect(readLock('{"format":1,"tools":{"a":"b"}}')).toEqual(new Map([['a', 'b']]));
});

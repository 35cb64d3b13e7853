import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect } from 'vitest';
import { gzipBytes, packInstrument } from '../scripts/pack/instrument.ts';
import { ROOT } from './repository.ts';
import { verifies } from './verifies.ts';

let folder = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'spoor-packed-'));
  const modules = join(folder, 'node_modules');
  await packInstrument(join(modules, '@spoor/instrument'));
  mkdirSync(modules, { recursive: true });
  for (const name of ['@modelcontextprotocol', '@opentelemetry', 'zod']) {
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name), 'junction');
  }
  const program = 'packages/instrument/test/fixtures/all-copies.mjs';
  cpSync(join(ROOT, program), join(folder, 'program.mjs'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(...words: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, words, { cwd: folder });
  return stdout;
}

const ALL = { 'initialize 1': 1, 'initialize 2': 1, 'tools/list 1': 1, 'tools/list 2': 1 };
const EVERY = { 'v1 esm': ALL, 'v1 cjs': ALL, 'v2 esm': ALL, 'v2 cjs': ALL };

for (const flag of ['--import', '--require']) {
  verifies(
    'inprocess:packed',
    async () => {
      const said = await run(flag, '@spoor/instrument/register', 'program.mjs');
      expect(JSON.parse(said)).toEqual(EVERY);
    },
    { case: flag, timeoutMs: 60_000 },
  );
}

const USE = `
const client = instrument(new Client({ name: 'c', version: '1' }));
console.log(Object.hasOwn(client, 'connect'), typeof SpoorSampler, TRUSTED.send.context);
`;

const PROVE = `
const { privateKey } = generateKeyPairSync('ed25519');
const session = openSession({ key: attestKey(privateKey), sub: 'ann' });
attest(new Client({ name: 'c', version: '1' }), { session, server: 's' });
console.log(session.tokenFor().text.split('.').length, typeof prove);
`;

for (const [name, lines] of Object.entries({
  'prove.cjs': `
const { attest, attestKey, openSession, prove } = require('@spoor/instrument/attest');
const { generateKeyPairSync } = require('node:crypto');
const { Client } = require('@modelcontextprotocol/client');`,
  'prove.mjs': `
import { attest, attestKey, openSession, prove } from '@spoor/instrument/attest';
import { generateKeyPairSync } from 'node:crypto';
import { Client } from '@modelcontextprotocol/client';`,
})) {
  verifies(
    'inprocess:packed',
    async () => {
      writeFileSync(join(folder, name), lines + PROVE);
      expect(await run(name)).toBe('3 function\n');
    },
    { case: name, timeoutMs: 60_000 },
  );
}

const FORMS = {
  'program.cjs': `
const { instrument, TRUSTED } = require('@spoor/instrument');
const { SpoorSampler } = require('@spoor/instrument/sampler');
const { Client } = require('@modelcontextprotocol/client');${USE}`,
  'other.mjs': `
import { instrument, TRUSTED } from '@spoor/instrument';
import { SpoorSampler } from '@spoor/instrument/sampler';
import { Client } from '@modelcontextprotocol/client';${USE}`,
};

for (const [name, text] of Object.entries(FORMS)) {
  verifies(
    'inprocess:packed',
    async () => {
      writeFileSync(join(folder, name), text);
      expect(await run(name)).toBe('true function continue\n');
    },
    { case: name, timeoutMs: 60_000 },
  );
}

verifies(
  'inprocess:size',
  async () => {
    const bytes = await gzipBytes();
    expect(bytes).toBeLessThanOrEqual(25 * 1024);
    // A bundle that lost its contents would be small too.
    expect(bytes).toBeGreaterThan(8 * 1024);
  },
  { timeoutMs: 60_000 },
);

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock, systemRandom } from '@spoor/core';
import { type DrillRow, openLedger } from '@spoor/ledger';
import { describe, expect, test } from 'vitest';
import { csvCell } from '../../packages/cli/src/commands/ledger/rows.ts';
import { verifies } from '../verifies.ts';
import { firstLine, kill, World } from './support.ts';

/** A world with a log of a few entries, one of which has a name like a formula. */
async function withLog(): Promise<World> {
  const world = new World();
  const stateDir = join(world.state, 'ledger-state');
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const ledger = await openLedger({
    dir: join(world.state, 'ledger'),
    stateDir,
    origin: 'test.example/spoor/2026',
    clock: systemClock,
    random: systemRandom,
  });
  const mcp = { method: 'tools/call', era: 'modern', server: '@SUM:A1', tool: 'echo' } as const;
  for (let n = 0; n < 5; n++) ledger.append({ kind: 'call.request', seq: n, mcp });
  await ledger.close();
  writeFileSync(join(stateDir, 'log.vkey'), `${ledger.verifierKey}\n`);
  return world;
}

describe('spoor ledger', () => {
  verifies(
    'ledger:prove',
    async () => {
      const world = await withLog();
      const proof = world.call('ledger', 'prove', '3');
      expect(proof.code).toBe(0);
      const path = join(world.folder, 'entry.tlog-proof');
      writeFileSync(path, proof.stdout);
      const elsewhere = new World();
      const key = join(elsewhere.folder, 'log.vkey');
      writeFileSync(key, readFileSync(join(world.state, 'ledger-state', 'log.vkey')));
      const held = elsewhere.call('ledger', 'verify', '--proof', path, '--key', key, '--json');
      expect(held.code).toBe(0);
      expect(JSON.parse(held.stdout)).toMatchObject({ status: 'verified', index: 3, size: 8 });
      writeFileSync(path, proof.stdout.replace('index 3', 'index 2'));
      const moved = elsewhere.call('ledger', 'verify', '--proof', path, '--key', key);
      expect(moved.code).toBe(3);
      expect(moved.stderr).toContain('LEDGER_TAMPERED');
      expect(world.call('ledger', 'prove', '800').code).not.toBe(0);
    },
    { case: 'by command, offline', timeoutMs: 90_000 },
  );

  verifies(
    'ledger:tamper',
    () => {
      const world = new World();
      const { code, stdout } = world.call('ledger', 'drill', '--entries', '6', '--json');
      expect(code).toBe(0);
      const rows = JSON.parse(stdout) as DrillRow[];
      expect(rows).toHaveLength(8);
      for (const { attack, tried, found } of rows) {
        expect(tried, attack).toBeGreaterThan(0);
        expect(found, attack).toBe(tried);
      }
      expect(world.call('ledger', 'drill', '--entries', '3').code).toBe(2);
    },
    { case: 'a drill', timeoutMs: 120_000 },
  );

  test('shows a call, finds every file sound, and hammers a log of its own', async () => {
    const world = await withLog();
    expect(world.call('ledger', 'fsck').stdout).toContain('Sound');
    const call = '0190c0de-0000-7000-8000-00000000cd34';
    expect(world.call('ledger', 'show', call).code).not.toBe(0);
    const strict = world.call('ledger', 'verify', '--json');
    expect(JSON.parse(strict.stdout)).toMatchObject({ payloads: { sealed: 0, missing: 0 } });
    const hammered = world.call('ledger', 'hammer', '--seconds', '2', '--callers', '8', '--json');
    expect(hammered.code).toBe(0);
    const said = JSON.parse(hammered.stdout) as { appended: number; inclusions: number };
    expect(said.appended).toBeGreaterThan(10);
    expect(said.inclusions).toBeGreaterThan(0);
  });

  test('follows what is published', async () => {
    const world = await withLog();
    const follow = world.spoor('ledger', 'follow', '--from', '5', '--json');
    expect(JSON.parse(await firstLine(follow))).toMatchObject({ index: 5 });
    await kill(follow);
  });

  test('exports entries as JSON lines and as a table without formulas', async () => {
    const world = await withLog();
    const lines = world.call('ledger', 'export').stdout.trim().split('\n');
    expect(lines).toHaveLength(8);
    const kinds = lines.map((line) => (JSON.parse(line) as { entry: { kind: string } }).entry.kind);
    expect(kinds.slice(0, 3)).toEqual(['key.rotated', 'log.start', 'call.request']);
    const table = world.call('ledger', 'export', '--format', 'csv').stdout.trim().split('\n');
    expect(table).toHaveLength(9);
    expect(table[3]).toContain("tools/call,'@SUM:A1,echo");
    expect(world.call('ledger', 'export', '--format', 'xml').code).toBe(2);
  });

  test('never lets a cell begin as a formula does', () => {
    for (const text of ['=1+1', '+1', '-1', '@A1', '\t=1', '\r=1']) {
      expect(csvCell(text).replace(/^"/, '').startsWith("'")).toBe(true);
    }
    expect(csvCell('a"b,c')).toBe('"a""b,c"');
  });
});

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, systemRandom } from '@spoor/core';
import { openLedger } from '@spoor/ledger';
import { proveEntry } from '@spoor/ledger/verify';
import { beforeAll, describe, expect } from 'vitest';
import { verifies } from '../verifies.ts';

const ENTRIES = 100_000;
/** Entries between checkpoints: no divisor of a tile, so that tiles of every width are met. */
const STEP = 1_237;
const PROVED = [0, 1, 255, 256, 65_535, 65_536, 99_999];

const folder = mkdtempSync(join(tmpdir(), 'spoor-outside-'));
const program = join(folder, 'outside');

/** Undefined where it was built; else why not. Go keeps what it has built between runs. */
function build(): string | undefined {
  if (spawnSync('go', ['version']).status !== 0) return 'SKIPPED: there is no go';
  const built = spawnSync('go', ['build', '-o', program, '.'], {
    cwd: join(import.meta.dirname, 'sumdb'),
    encoding: 'utf8',
  });
  return built.status === 0 ? undefined : `SKIPPED: golang.org/x/mod is not here: ${built.stderr}`;
}

/** Writes the log; returns its verifier key and all notes that were published. */
async function writeLog(): Promise<{ verifierKey: string; notes: string[] }> {
  const ledger = await openLedger({
    dir: join(folder, 'log'),
    stateDir: join(folder, 'state'),
    origin: 'outside.example/spoor/2026',
    clock: systemClock,
    random: systemRandom,
    publishIntervalMs: 1,
  });
  const notes = new Set<string>();
  ledger.onCheckpoint(({ note }) => notes.add(note));
  while (ledger.size < ENTRIES) {
    const next = Math.min(ENTRIES - 1, ledger.size + STEP);
    while (ledger.size < next) ledger.append({ kind: 'heartbeat', seq: ledger.size });
    const published = new Promise<void>((resolve) => {
      const end = ledger.onCheckpoint(({ size }) => {
        if (size < next) return;
        end();
        resolve();
      });
    });
    await ledger.append({ kind: 'heartbeat' })?.durable();
    await published;
  }
  await ledger.close();
  return { verifierKey: ledger.verifierKey, notes: [...notes] };
}

describe('the code of the Go checksum database', () => {
  let missing: string | undefined;
  beforeAll(() => {
    missing = build();
    return () => rmSync(folder, { recursive: true, force: true });
  }, 120_000);

  verifies(
    'ledger:format',
    async (context) => {
      if (missing !== undefined) return context.skip(missing);
      const { verifierKey, notes } = await writeLog();
      const log = join(folder, 'log');
      const checkpoints = join(folder, 'checkpoints');
      writeFileSync(checkpoints, notes.map((note) => `${note}--\n`).join(''));
      const source = { read: async (path: string) => readFileSync(join(log, path)) };
      const proofs: string[] = [];
      for (const index of PROVED) {
        const path = join(folder, `${index}.tlog-proof`);
        writeFileSync(path, (await proveEntry(source, index)) ?? '');
        proofs.push(path);
      }
      const args = [log, verifierKey, checkpoints, ...proofs];
      const said = execFileSync(program, args, { encoding: 'utf8' });
      const [entries = 0, trees = 0] = said.split(', ').map((part) => Number.parseInt(part, 10));
      expect(entries).toBeGreaterThanOrEqual(ENTRIES);
      expect(trees).toBeGreaterThan(50);
      expect(said).toContain('391 full tiles, 3 partial ones');
      expect(said).toContain(`3 levels, ${PROVED.length} proofs`);
      // It must also be able to say no.
      writeFileSync(proofs[0] ?? '', readFileSync(proofs[1] ?? ''));
      const bundle = join(log, 'tile/entries/000');
      const changed = readFileSync(bundle);
      changed[100] = (changed[100] ?? 0) ^ 1;
      writeFileSync(bundle, changed);
      expect(spawnSync(program, args).status).toBe(1);
    },
    {
      case: 'every checkpoint, inclusion and consistency, by the Go checksum database',
      timeoutMs: 120_000,
    },
  );
});

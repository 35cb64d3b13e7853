import { hash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { checkByPlatform } from '../../src/platform.ts';
import { type VerifyResult, verifyLog } from '../../src/verify/index.ts';
import { entry, openOn, sourceOf } from '../fixtures.ts';
import { MemoryDisk } from '../memory-disk.ts';

/** Long enough for a full tile, a partial one and a second level. */
const ENTRIES = 260;

/** Thousands of runs: not with the code for browsers, which other tests use. */
const FAST = {
  ed25519: checkByPlatform,
  sha256: (data: Uint8Array): Uint8Array => hash('sha256', data, 'buffer'),
};

let disk: MemoryDisk;
let verifierKey: string;
let middle: string;

beforeAll(async () => {
  disk = new MemoryDisk();
  const first = await openOn(disk);
  for (let n = 0; n < 20; n++) first.append(entry(n));
  await first.close();
  middle = first.published?.note ?? '';
  const ledger = await openOn(disk);
  for (let n = 20; n < ENTRIES; n++) ledger.append({ kind: 'heartbeat' });
  await ledger.close();
  verifierKey = ledger.verifierKey;
});

const published = (): string[] => disk.paths().filter((path) => !/\/(vault|state)/.test(path));

/** The result with one file changed; undefined bytes take the file away. */
async function verifyWith(path: string, bytes: Uint8Array | undefined): Promise<VerifyResult> {
  const whole = sourceOf(disk);
  const read = async (asked: string) => (`/log/${asked}` === path ? bytes : whole.read(asked));
  return verifyLog({ read }, { verifierKey, ...FAST });
}

describe('verifyLog', () => {
  it('accepts the log as it is, with and without an older checkpoint', async () => {
    const source = sourceOf(disk);
    expect(await verifyLog(source, { verifierKey })).toMatchObject({ status: 'unwitnessed' });
    const checked = await verifyLog(source, { verifierKey, checkpoint: middle });
    expect(checked).toMatchObject({ status: 'ok', size: 266 });
  });

  verifies(
    'ledger:tamper',
    async () => {
      const paths = published().filter((path) => !path.includes('entries'));
      expect(paths).toHaveLength(4);
      for (const path of paths) {
        const bytes = Buffer.from((await disk.read(path)) ?? []);
        // Each run reads the whole log, so of the full tile only every seventh byte is taken.
        const stride = bytes.length > 1_000 ? 7 : 1;
        for (let at = 0; at < bytes.length; at += stride) {
          const changed = Buffer.from(bytes);
          changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
          expect((await verifyWith(path, changed)).status, `${path} ${at}`).toBe('tampered');
        }
      }
    },
    { case: 'checkpoint and tiles', timeoutMs: 60_000 },
  );

  it('names the file and the bundle of a changed, cut, longer or missing one', async () => {
    for (const path of published()) {
      const bytes = Buffer.from((await disk.read(path)) ?? []);
      const name = path.slice('/log/'.length);
      const versions = [bytes.subarray(0, -1), Buffer.concat([bytes, Buffer.from('x')]), undefined];
      for (const version of versions) {
        expect(await verifyWith(path, version)).toMatchObject({ status: 'tampered', path: name });
      }
    }
  });

  it('says since when the newest entry is too old', async () => {
    const options = { verifierKey, checkpoint: middle, staleMs: 1_000 };
    const now = Date.now();
    expect((await verifyLog(sourceOf(disk), { ...options, nowMs: now })).status).not.toBe(
      'tampered',
    );
    const later = await verifyLog(sourceOf(disk), { ...options, nowMs: now + 3_600_000 });
    expect(later).toMatchObject({ status: 'stale' });
  });

  it('trusts no other key', async () => {
    const other = await openOn(new MemoryDisk());
    await other.close();
    const result = await verifyLog(sourceOf(disk), { verifierKey: other.verifierKey });
    expect(result).toMatchObject({ status: 'tampered', path: 'checkpoint' });
  });
});

describe('verifyLog on a small log', () => {
  verifies(
    'ledger:tamper',
    async () => {
      const small = new MemoryDisk();
      const ledger = await openOn(small);
      for (let n = 0; n < 8; n++) ledger.append(entry(n));
      await ledger.close();
      const source = sourceOf(small);
      for (const path of small.paths().filter((name) => name.startsWith('/log/'))) {
        const bytes = Buffer.from((await small.read(path)) ?? []);
        for (let at = 0; at < bytes.length; at++) {
          const changed = Buffer.from(bytes);
          changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
          const read = async (asked: string) =>
            `/log/${asked}` === path ? changed : source.read(asked);
          const result = await verifyLog({ read }, { verifierKey: ledger.verifierKey, ...FAST });
          expect(result.status, `${path} byte ${at}`).toBe('tampered');
        }
      }
    },
    { case: 'every byte of a small log', timeoutMs: 60_000 },
  );
});

describe('a cut tail', () => {
  verifies(
    'ledger:verify-codes',
    async () => {
      const grown = new MemoryDisk();
      const first = await openOn(grown);
      await first.close();
      const old = grown.clone();
      const second = await openOn(grown);
      await second.close();
      const { verifierKey: key } = second;
      const kept = second.published?.note ?? '';
      const cut = await verifyLog(sourceOf(old), { verifierKey: key, checkpoint: kept });
      expect(cut).toMatchObject({ status: 'rolled-back', size: 3, expectedSize: 6 });
      expect((await verifyLog(sourceOf(old), { verifierKey: key })).status).toBe('unwitnessed');
    },
    { case: 'a cut log' },
  );

  it('is tampered when it was signed again with the same key', async () => {
    const grown = new MemoryDisk();
    await (await openOn(grown)).close();
    const begun = grown.clone();
    const one = await openOn(grown);
    one.append(entry(1));
    await one.close();
    const other = await openOn(begun);
    for (let n = 5; n < 9; n++) other.append(entry(n));
    await other.close();
    const { verifierKey: key } = one;
    const checkpoint = one.published?.note ?? '';
    const result = await verifyLog(sourceOf(begun), { verifierKey: key, checkpoint });
    expect(result).toMatchObject({ status: 'tampered' });
  });
});

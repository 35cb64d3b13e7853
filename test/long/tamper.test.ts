import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { equalBytes, systemClock, systemRandom } from '@spoor/core';
import { checkByPlatform, nodeDisk, openLedger, sha256ByPlatform } from '@spoor/ledger';
import { verifyLog } from '@spoor/ledger/verify';
import { describe, expect } from 'vitest';
import {
  decodeBundle,
  TILE_WIDTH,
  tilePath,
  tileWidth,
} from '../../packages/ledger/src/tree/tile.ts';
import { verifies } from '../verifies.ts';

const ENTRIES = 10_000;
/** Of those that the whole verifier is asked about as well. */
const WHOLE = 200;
const MINUTES = 60_000;

const leafHash = (leaf: Uint8Array): Uint8Array =>
  sha256ByPlatform(Buffer.concat([Buffer.of(0), leaf]));

/** Do the entries of a bundle still have the hashes that their tile has? */
function isFound(bundle: Uint8Array, width: number, tile: Uint8Array, at: number): boolean {
  const leaves = decodeBundle(bundle, width);
  if (leaves === undefined) return true;
  let end = 0;
  for (const [i, leaf] of leaves.entries()) {
    end += 2 + leaf.length;
    if (end <= at) continue;
    if (!equalBytes(leafHash(leaf), tile.subarray(i * 32, i * 32 + 32))) return true;
  }
  return false;
}

/** Places whose flip is not found. */
function missedIn(bundle: Uint8Array, width: number, tile: Uint8Array): number[] {
  const missed: number[] = [];
  const flip = (at: number): void => {
    bundle[at] = (bundle[at] ?? 0) ^ (1 << (at % 8));
  };
  for (let at = 0; at < bundle.length; at++) {
    flip(at);
    if (!isFound(bundle, width, tile, at)) missed.push(at);
    flip(at);
  }
  return missed;
}

describe('a log of 10,000 entries', () => {
  verifies(
    'ledger:tamper',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'spoor-tamper-'));
      const [dir, stateDir] = [join(folder, 'log'), join(folder, 'state')];
      const parts = { dir, stateDir, origin: 'test.example/spoor' };
      const ledger = await openLedger({ ...parts, clock: systemClock, random: systemRandom });
      for (let n = 0; n < ENTRIES; n++) ledger.append({ kind: 'heartbeat', detail: { n } });
      await ledger.close();
      const { size } = ledger;
      const source = { read: (path: string) => nodeDisk.read(`${dir}/${path}`) };
      let flips = 0;
      const missed: string[] = [];
      for (let index = 0; index * TILE_WIDTH < size; index++) {
        const width = tileWidth('entries', index, size);
        const path = tilePath('entries', index, width);
        const bundle = Uint8Array.from((await source.read(path)) ?? []);
        const tile = (await source.read(tilePath(0, index, width))) ?? new Uint8Array(0);
        expect(isFound(bundle, width, tile, 0)).toBe(false);
        missed.push(...missedIn(bundle, width, tile).map((at) => `${path} ${at}`));
        flips += bundle.length;
      }
      expect(missed).toEqual([]);
      expect(flips).toBeGreaterThan(ENTRIES * 100);
      const options = {
        verifierKey: ledger.verifierKey,
        sha256: sha256ByPlatform,
        ed25519: checkByPlatform,
      };
      expect((await verifyLog(source, options)).status).toBe('unwitnessed');
      for (let n = 0; n < WHOLE; n++) {
        const index = Math.floor((n * size) / WHOLE / TILE_WIDTH);
        const path = tilePath('entries', index, tileWidth('entries', index, size));
        const bytes = Uint8Array.from((await source.read(path)) ?? []);
        const at = (n * 7_919) % bytes.length;
        bytes[at] = (bytes[at] ?? 0) ^ (1 << (n % 8));
        const read = async (asked: string) => (asked === path ? bytes : source.read(asked));
        const result = await verifyLog({ read }, options);
        const named = result.status === 'tampered' ? result.index : undefined;
        expect(Math.floor((named ?? -1) / TILE_WIDTH), `${path} ${at}`).toBe(index);
      }
      rmSync(folder, { recursive: true });
    },
    { case: 'each byte of its entries, beside their tile', timeoutMs: 20 * MINUTES },
  );
});

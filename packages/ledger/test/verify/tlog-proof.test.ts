import { beforeAll, describe, expect, it } from 'vitest';
import { proveEntry, verifyProof } from '../../src/verify/index.ts';
import { entry, openOn, sourceOf } from '../fixtures.ts';
import { MemoryDisk } from '../memory-disk.ts';

let disk: MemoryDisk;
let verifierKey: string;

beforeAll(async () => {
  disk = new MemoryDisk();
  const ledger = await openOn(disk);
  for (let n = 0; n < 300; n++) ledger.append(entry(n));
  await ledger.close();
  verifierKey = ledger.verifierKey;
});

describe('a proof of an entry', () => {
  it('holds without the log, and brings the entry', async () => {
    for (const index of [0, 1, 255, 256, 302]) {
      const proof = (await proveEntry(sourceOf(disk), index)) ?? '';
      const result = verifyProof(proof, verifierKey);
      expect(result).toMatchObject({ status: 'verified', index, size: 303 });
    }
    expect(await proveEntry(sourceOf(disk), 303)).toBeUndefined();
  });

  it('does not hold with any of its characters changed', async () => {
    const proof = (await proveEntry(sourceOf(disk), 7)) ?? '';
    // The line of the epoch's key is another's to this verifier; all before it must hold.
    const end = proof.lastIndexOf('\u2014');
    for (let at = 0; at < end; at += 3) {
      const other = proof[at] === 'A' ? 'B' : 'A';
      const changed = proof.slice(0, at) + other + proof.slice(at + 1);
      expect(verifyProof(changed, verifierKey).status, `character ${at}`).toBe('unverified');
    }
  });

  it('is refused where it is something else', () => {
    const others = ['', '\n\n', 'c2sp.org/tlog-proof@v1\nindex 1\n\nx', 'x'.repeat(70_000)];
    for (const text of others) expect(verifyProof(text, verifierKey).status).toBe('unverified');
  });
});

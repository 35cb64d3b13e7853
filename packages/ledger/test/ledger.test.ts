import { CodedError, LIMITS, systemRandom } from '@spoor/core';
import { describe, expect, it, vi } from 'vitest';
import { createAuditorKeys } from '../src/open/index.ts';
import { createSealer } from '../src/seal/index.ts';
import {
  type Checkpoint,
  consistencyProof,
  inclusionProof,
  leafHash,
  parseCheckpoint,
  parseNote,
  readLeaf,
  verifyConsistency,
  verifyInclusion,
  verifyLog,
} from '../src/verify/index.ts';
import { entry, openOn, SESSION, sourceOf } from './fixtures.ts';
import { MemoryDisk, noSpace } from './memory-disk.ts';

function checkpointOf(note = ''): Checkpoint {
  const parsed = parseNote(note);
  const checkpoint = parsed.status === 'ok' ? parseCheckpoint(parsed.note.text) : undefined;
  if (checkpoint === undefined) throw new Error('no checkpoint');
  return checkpoint;
}

describe('a ledger', () => {
  it('sequences at once, keeps what it promised, publishes what verifies', async () => {
    const disk = new MemoryDisk();
    const ledger = await openOn(disk);
    const first = ledger.append(entry(1));
    const second = ledger.append(entry(2));
    expect([first?.index, second?.index]).toEqual([2, 3]);
    await second?.durable();
    expect(await ledger.readLeaf(2)).toContain('"n":1');
    await ledger.close();
    const { verifierKey } = ledger;
    const result = await verifyLog(sourceOf(disk), { verifierKey });
    expect(result).toMatchObject({ status: 'unwitnessed', size: 5 });
    const leaf = await readLeaf(sourceOf(disk), 2);
    expect(Buffer.from(leafHash(Buffer.from(leaf ?? ''))).toString('hex')).toBe(first?.leafHash);
    expect(await ledger.readLeaf(3)).toContain('"n":2');
    expect(await ledger.readLeaf(5)).toBeUndefined();
    expect(disk.paths().filter((path) => path.includes('/wal/'))).toEqual([]);
  });

  it('begins with a new key and log.start and ends with log.stop, in every run', async () => {
    const disk = new MemoryDisk();
    for (let run = 0; run < 2; run++) await (await openOn(disk)).close();
    const run = ['key.rotated', 'log.start', 'log.stop'];
    const kinds: string[] = [];
    for (let index = 0; index < 6; index++) {
      kinds.push(JSON.parse((await readLeaf(sourceOf(disk), index)) ?? '{}').kind);
    }
    expect(kinds).toEqual([...run, ...run]);
  });
});

describe('tiles', () => {
  it('grow through partial, full and second-level ones, and prove every step', async () => {
    const disk = new MemoryDisk();
    const notes: string[] = [];
    const ledger = await openOn(disk);
    for (const count of [100, 155, 1, 400, 65_000, 200]) {
      for (let n = 0; n <= count; n++) ledger.append(entry(n));
      await vi.waitFor(() => expect(ledger.published?.size).toBe(ledger.size), 30_000);
      notes.push(ledger.published?.note ?? '');
    }
    await ledger.close();
    const { verifierKey } = ledger;
    const source = sourceOf(disk);
    const newest = checkpointOf(ledger.published?.note);
    expect(newest.size).toBe(65_865);
    const result = await verifyLog(source, { verifierKey, checkpoint: notes[3] ?? '' });
    expect(result.status).toBe('ok');
    for (const note of notes) {
      const older = checkpointOf(note);
      const proof = await consistencyProof(source, older.size, newest.size);
      const claim = {
        size1: older.size,
        size2: newest.size,
        root1: older.root,
        root2: newest.root,
      };
      expect(verifyConsistency({ ...claim, proof })).toBe(true);
      expect(verifyConsistency({ ...claim, proof, root1: newest.root })).toBe(false);
    }
    for (const index of [0, 255, 256, 65_535, 65_536, 65_863]) {
      const leaf = Buffer.from((await readLeaf(source, index)) ?? '');
      const proof = await inclusionProof(source, index, 65_865);
      const claim = { index, size: 65_865, root: newest.root, proof };
      expect(verifyInclusion({ ...claim, leafHash: leafHash(leaf) })).toBe(true);
      expect(verifyInclusion({ ...claim, leafHash: leafHash(Buffer.from('x')) })).toBe(false);
    }
    const partials = disk.paths().filter((path) => path.includes('.p/'));
    expect(partials).toEqual([
      '/log/tile/0/257.p/73',
      '/log/tile/1/001.p/1',
      '/log/tile/2/000.p/1',
      '/log/tile/entries/257.p/73',
    ]);
  });
});

describe('a reader that holds a checkpoint while the log grows', () => {
  it('still finds its tree, until the log stops and only the newest tiles stay', async () => {
    const disk = new MemoryDisk();
    const ledger = await openOn(disk);
    const { verifierKey } = ledger;
    const frozen = async () => {
      await vi.waitFor(() => expect(ledger.published?.size).toBe(ledger.size), 30_000);
      const note = Buffer.from(ledger.published?.note ?? '');
      const { read } = sourceOf(disk);
      return {
        read: (path: string) => (path === 'checkpoint' ? Promise.resolve(note) : read(path)),
      };
    };
    const source = await frozen();
    for (let n = 0; n < 8; n++) {
      ledger.append(entry(n));
      await frozen();
      expect((await verifyLog(source, { verifierKey })).status).toBe('unwitnessed');
    }
    await ledger.close();
    const partials = disk.paths().filter((path) => path.includes('.p/'));
    expect(partials).toEqual([
      `/log/tile/0/000.p/${ledger.size}`,
      `/log/tile/entries/000.p/${ledger.size}`,
    ]);
  });
});

describe('append', () => {
  it('refuses text and fractions in an entry, and sealed content without a place', async () => {
    const ledger = await openOn(new MemoryDisk());
    const append = (detail: Record<string, string | number>) => () =>
      ledger.append({ kind: 'alert', detail });
    expect(append({ note: 'two words' })).toThrow(CodedError);
    expect(append({ note: 'x'.repeat(129) })).toThrow(CodedError);
    expect(append({ share: 0.5 })).toThrow(CodedError);
    expect(append({ big: 1e21 })).toThrow(CodedError);
    expect(append({ code: '~0123abcd' })).not.toThrow();
    const { auditor } = await createAuditorKeys();
    const recipients = [auditor.recipient];
    const sealer = await createSealer({ session: SESSION, recipients, random: systemRandom });
    const sealed = [sealer.seal('call', 'request', Buffer.from('{}'))];
    expect(() => ledger.append({ kind: 'intent', session: '../../etc' }, sealed)).toThrow(
      CodedError,
    );
    expect(ledger.size).toBe(3);
    await ledger.close();
  });
});

describe('a disk without space', () => {
  it('stalls the ledger, keeps what waits, and goes on when space returns', async () => {
    const disk = new MemoryDisk();
    const onFailure = vi.fn();
    const ledger = await openOn(disk, { onFailure });
    await ledger.append(entry(0))?.durable();
    disk.torn = 0.5;
    disk.onCall = (call) => {
      if (call === 'write') throw noSpace();
    };
    await expect(ledger.append(entry(1))?.durable()).rejects.toMatchObject({
      code: 'DURABILITY_LOST',
    });
    expect(ledger.state).toBe('stalled');
    const waiting = ledger.append(entry(2));
    await expect(waiting?.durable()).rejects.toMatchObject({ code: 'DURABILITY_LOST' });
    expect(onFailure).toHaveBeenCalledTimes(1);
    disk.onCall = () => {};
    await vi.waitFor(() => expect(ledger.state).toBe('ok'), 30_000);
    await waiting?.durable();
    await ledger.close();
    const result = await verifyLog(sourceOf(disk), { verifierKey: ledger.verifierKey });
    expect(result).toMatchObject({ status: 'unwitnessed', size: 6 });
  });

  it('drops and counts what memory cannot hold, and writes the count later', async () => {
    const disk = new MemoryDisk();
    const ledger = await openOn(disk);
    await ledger.append(entry(0))?.durable();
    disk.onCall = (call) => {
      if (call === 'write') throw noSpace();
    };
    const record = Buffer.alloc(LIMITS.sealedBytesMax);
    const meta = { bytes: 1, cipher: 'aa', commit: 'bb', mac: 'cc', kek: 'dd' };
    const big = [{ meta: { part: 'request' as const, ...meta }, record }];
    const fits = Math.ceil(LIMITS.ledgerMemoryBytesMax / LIMITS.sealedBytesMax);
    for (let n = 0; n < fits; n++) expect(ledger.append(entry(n), big)).toBeDefined();
    expect(ledger.append(entry(0))).toBeUndefined();
    expect(ledger.append(entry(0), big)).toBeUndefined();
    expect(ledger.dropped).toBe(2);
    await vi.waitFor(() => expect(ledger.state).toBe('stalled'), 30_000);
    disk.onCall = () => {};
    await vi.waitFor(() => expect(ledger.state).toBe('ok'), 30_000);
    const told = JSON.parse((await ledger.readLeaf(ledger.size - 1)) ?? '{}');
    expect(told).toMatchObject({ kind: 'events.dropped', detail: { count: 2 } });
    await ledger.close();
    const result = await verifyLog(sourceOf(disk), { verifierKey: ledger.verifierKey });
    expect(result).toMatchObject({ status: 'unwitnessed', size: fits + 5 });
  });

  it('ends the writer when a durable write fails, and says so to all', async () => {
    const disk = new MemoryDisk();
    const ledger = await openOn(disk);
    disk.onCall = (call) => {
      if (call === 'write') throw new Error('EIO');
    };
    await expect(ledger.append(entry(1))?.durable()).rejects.toMatchObject({
      code: 'LEDGER_WRITE_FAILED',
    });
    expect(ledger.state).toBe('failed');
    expect(() => ledger.append(entry(2))).toThrow(CodedError);
    disk.onCall = () => {};
    await expect(ledger.close()).rejects.toMatchObject({ code: 'LEDGER_WRITE_FAILED' });
  });
});

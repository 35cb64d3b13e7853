import { systemRandom } from '@spoor/core';
import { describe, expect, it } from 'vitest';
import { verifies } from '../../../test/verifies.ts';
import { fsck, type Ledger, PayloadCheck, type PayloadReport } from '../src/index.ts';
import { createSealer } from '../src/seal/index.ts';
import { keyPath, packPath } from '../src/vault/pack.ts';
import { verifyLog } from '../src/verify/index.ts';
import { CALL, entry, openOn, SESSION, sourceOf } from './fixtures.ts';
import { MemoryDisk } from './memory-disk.ts';

const RECIPIENT = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p';

async function sealed(disk: MemoryDisk): Promise<{ ledger: Ledger; kek: string }> {
  const ledger = await openOn(disk);
  const sealer = await createSealer({
    session: SESSION,
    recipients: [RECIPIENT],
    random: systemRandom,
  });
  await ledger.keepKey(SESSION, sealer.key.kek, sealer.key.wrapped);
  for (let n = 0; n < 3; n++) {
    ledger.append(entry(n), [sealer.seal(CALL, 'request', Buffer.from(`content ${n}`))]);
  }
  await ledger.flush();
  return { ledger, kek: sealer.key.kek };
}

async function look(disk: MemoryDisk, { verifierKey }: Ledger): Promise<PayloadReport> {
  const check = new PayloadCheck(sourceOf(disk));
  const onEntries = (leaves: readonly Uint8Array[], first: number): Promise<void> =>
    check.take(leaves, first);
  const { status } = await verifyLog(sourceOf(disk), { verifierKey, onEntries });
  expect(status).toBe('unwitnessed');
  return check.report();
}

describe('sealed contents', () => {
  verifies(
    'ledger:payloads',
    async () => {
      const disk = new MemoryDisk();
      const { ledger, kek } = await sealed(disk);
      expect(await look(disk, ledger)).toMatchObject({ sealed: 3, missing: 0, shredded: 0 });
      const pack = Buffer.from((await disk.read(`/log/${packPath(SESSION, kek)}`)) ?? []);
      const last = Buffer.from(pack);
      last[last.length - 1] = (last[last.length - 1] ?? 0) ^ 1;
      disk.put(`/log/${packPath(SESSION, kek)}`, last);
      expect(await look(disk, ledger)).toMatchObject({ missing: 1, shredded: 0, first: [4] });
      disk.put(`/log/${packPath(SESSION, kek)}`, pack);
      const key = Buffer.from((await disk.read(`/log/${keyPath(SESSION, kek)}`)) ?? []);
      disk.put(`/log/${keyPath(SESSION, kek)}`, Buffer.alloc(0));
      expect(await look(disk, ledger)).toMatchObject({ missing: 3, shredded: 0 });
      disk.put(`/log/${keyPath(SESSION, kek)}`, key);
      await ledger.close();
    },
    { case: 'missing without a word' },
  );

  verifies(
    'ledger:payloads',
    async () => {
      const disk = new MemoryDisk();
      const { ledger } = await sealed(disk);
      await ledger.shred({ sessions: [SESSION], contents: [] }, () => ({
        kind: 'payload.shredded',
        detail: { why: 'test', sessions: [SESSION] },
      }));
      expect(await look(disk, ledger)).toMatchObject({ sealed: 3, missing: 0, shredded: 3 });
      await ledger.close();
    },
    { case: 'shredded, as an entry says' },
  );
});

describe('requests without a result', () => {
  it('are named, and are no fault of the log', async () => {
    const disk = new MemoryDisk();
    const ledger = await openOn(disk);
    const other = CALL.replace('cd34', 'ffff');
    ledger.append(entry(1));
    ledger.append({ ...entry(2), call: other });
    ledger.append({ ...entry(3), kind: 'call.result' });
    for (const [n, end] of (['definitions', 'decision'] as const).entries()) {
      const call = CALL.replace('cd34', `000${n}`);
      ledger.append({ ...entry(4), call });
      ledger.append({ ...entry(5), call, kind: end, outcome: n === 0 ? 'ok' : 'denied' });
    }
    await ledger.close();
    const { verifierKey } = ledger;
    expect(await verifyLog(sourceOf(disk), { verifierKey })).toMatchObject({
      status: 'unwitnessed',
      unanswered: { count: 1, first: [3], isPartial: false },
    });
  });
});

describe('fsck', () => {
  verifies('ledger:fsck', async () => {
    const disk = new MemoryDisk();
    const ledger = await openOn(disk);
    for (let n = 0; n < 300; n++) ledger.append(entry(n));
    await ledger.close();
    const { verifierKey } = ledger;
    const run = (on: MemoryDisk) =>
      fsck({ disk: on, dir: '/log', stateDir: '/state', verifierKey });
    expect(await run(disk)).toMatchObject({ findings: [], waiting: 0 });
    const files = disk.paths().filter((path) => /^\/log\/|lock$/.test(path));
    for (const path of files) {
      for (const hurt of await damaged(disk, path)) {
        const { findings } = await run(hurt);
        expect(
          findings.some(({ kind }) => kind === 'bad'),
          path,
        ).toBe(true);
      }
    }
    const littered = disk.clone();
    for (const path of ['tile/0/000.p/7', 'tile/0/001.tmp', 'tile/entries/009', 'tile/3/000'])
      littered.put(`/log/${path}`, Buffer.from('x'));
    const { findings } = await run(littered);
    expect(findings.map(({ kind, path }) => `${kind} ${path}`).sort()).toEqual([
      'stray tile/0/000.p/7',
      'stray tile/0/001.tmp',
      'stray tile/3/000',
      'stray tile/entries/009',
    ]);
  });
});

/** The disk with that file flipped in one bit, cut, and gone. */
async function damaged(disk: MemoryDisk, path: string): Promise<MemoryDisk[]> {
  const bytes = Buffer.from((await disk.read(path)) ?? []);
  const at = /checkpoint|lock/.test(path) ? 0 : bytes.length >> 1;
  const flipped = Buffer.from(bytes);
  flipped[at] = (flipped[at] ?? 0) ^ 4;
  return [flipped, bytes.subarray(0, -1), undefined].map((changed) => {
    const hurt = disk.clone();
    if (changed === undefined) hurt.drop(path);
    else hurt.put(path, changed);
    return hurt;
  });
}

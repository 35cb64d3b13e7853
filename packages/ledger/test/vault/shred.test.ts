import { type SealedContent, systemRandom } from '@spoor/core';
import { beforeAll, describe, expect, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import type { ContentRef, Leaf, Ledger, ShredTargets } from '../../src/index.ts';
import { type AuditorKeys, createAuditorKeys, openContent } from '../../src/open/index.ts';
import { createSealer, type Sealer } from '../../src/seal/index.ts';
import { WRAPPED_KEY_AT, WRAPPED_KEY_BYTES } from '../../src/seal/record.ts';
import { verifyLog } from '../../src/verify/index.ts';
import { entry, openOn, SESSION, sourceOf } from '../fixtures.ts';
import { MemoryDisk } from '../memory-disk.ts';

const OTHER = '0190c0de-0000-7000-8000-00000000ab13';
const CALLS = [1, 2, 3].map((n) => `0190c0de-0000-7000-8000-00000000cd3${n}`);

/** Remembers what its files held when they were given up. */
class RememberingDisk extends MemoryDisk {
  readonly freed: Buffer[] = [];

  override async remove(path: string): Promise<void> {
    const bytes = this.paths().includes(path) ? await super.read(path) : undefined;
    if (bytes !== undefined) this.freed.push(Buffer.from(bytes));
    await super.remove(path);
  }
}

let keys: AuditorKeys;
let sealers: Readonly<Record<string, Sealer>>;
beforeAll(async () => {
  keys = await createAuditorKeys();
  const recipients = [keys.auditor.recipient];
  const make = (session: string): Promise<Sealer> =>
    createSealer({ session, recipients, random: systemRandom });
  sealers = { [SESSION]: await make(SESSION), [OTHER]: await make(OTHER) };
});

interface Kept {
  readonly index: number;
  readonly sealed: SealedContent;
  readonly ref: ContentRef;
}

/** Three contents in each of two sessions. */
async function fill(ledger: Ledger): Promise<Kept[]> {
  const kept: Kept[] = [];
  for (const [session, sealer] of Object.entries(sealers)) {
    await ledger.keepKey(session, sealer.key.kek, sealer.key.wrapped);
    for (const call of CALLS) {
      const sealed = sealer.seal(call, 'request', Buffer.from(`a secret of ${call} in ${session}`));
      const { part, kek, cipher } = sealed.meta;
      const appended = ledger.append({ ...entry(1), session, call }, [sealed]);
      const ref = { session, call, part, kek, cipher };
      kept.push({ index: appended?.index ?? -1, sealed, ref });
    }
  }
  return kept;
}

const wrappedKey = ({ record }: SealedContent): Buffer =>
  Buffer.from(record.subarray(WRAPPED_KEY_AT, WRAPPED_KEY_AT + WRAPPED_KEY_BYTES));

async function bytesOf(disk: MemoryDisk): Promise<Buffer> {
  const files = disk.paths().map(async (path) => Buffer.from((await disk.read(path)) ?? []));
  return Buffer.concat(await Promise.all(files));
}

/** What opening each says: its status, or the code of its failure. */
async function openAll(disk: MemoryDisk, ledger: Ledger, kept: readonly Kept[]): Promise<string[]> {
  const said: string[] = [];
  for (const { index } of kept) {
    const leaf = JSON.parse((await ledger.readLeaf(index)) ?? '') as Leaf;
    const identity = keys.auditor.identityFile;
    const opened = await openContent({ dir: '/log', leaf, identity, disk });
    said.push(opened.status === 'failed' ? opened.code : opened.status);
  }
  return said;
}

const entryOf = () => ({ kind: 'payload.shredded' as const, detail: { why: 'test' } });

const OPENED = 'opened';
const GONE = 'PAYLOAD_SHREDDED';

/** What may be shredded, and what of the six contents is gone then. */
const CASES: readonly [string, (kept: readonly Kept[]) => ShredTargets, string[]][] = [
  [
    'a record',
    (kept) => ({ sessions: [], contents: kept.slice(1, 2).map(({ ref }) => ref) }),
    [OPENED, GONE, OPENED, OPENED, OPENED, OPENED],
  ],
  [
    'the last record of a pack',
    (kept) => ({ sessions: [], contents: kept.slice(2, 3).map(({ ref }) => ref) }),
    [OPENED, OPENED, GONE, OPENED, OPENED, OPENED],
  ],
  [
    'a session',
    () => ({ sessions: [SESSION], contents: [] }),
    [GONE, GONE, GONE, OPENED, OPENED, OPENED],
  ],
];

describe.each(CASES)('shredding %s', (name, targetsOf, expected) => {
  /** Wrapped keys of what is gone, wherever they may stand. */
  const secrets = (kept: readonly Kept[]): Buffer[] => [
    ...kept.filter((_, i) => expected[i] === GONE).map(({ sealed }) => wrappedKey(sealed)),
    ...(name === 'a session' ? [Buffer.from(sealers[SESSION]?.key.wrapped ?? [])] : []),
  ];

  verifies(
    'vault:shred',
    async () => {
      const disk = new RememberingDisk();
      const ledger = await openOn(disk);
      const kept = await fill(ledger);
      await ledger.flush();
      const before = await bytesOf(disk);
      for (const secret of secrets(kept)) expect(before.includes(secret)).toBe(true);
      const checkpoint = ledger.published?.note ?? '';
      await ledger.shred(targetsOf(kept), entryOf);
      expect(await openAll(disk, ledger, kept)).toEqual(expected);
      const after = Buffer.concat([await bytesOf(disk), ...disk.freed]);
      for (const secret of secrets(kept)) expect(after.includes(secret)).toBe(false);
      const { verifierKey } = ledger;
      expect(await verifyLog(sourceOf(disk), { verifierKey, checkpoint })).toMatchObject({
        status: 'ok',
      });
      await ledger.close();
    },
    { case: `${name}: what is left opens, and no wrapped key lies anywhere` },
  );

  verifies(
    'vault:shred',
    async () => {
      let stops = 0;
      for (let at = 0; ; at++) {
        const disk = new MemoryDisk();
        const ledger = await openOn(disk);
        const kept = await fill(ledger);
        await ledger.flush();
        const stopAt = disk.calls.length + at;
        disk.onCall = () => {
          if (disk.calls.length > stopAt) throw new Error('stopped');
        };
        disk.torn = (at % 3) / 2;
        const done = await ledger.shred(targetsOf(kept), entryOf).then(
          () => true,
          () => false,
        );
        disk.onCall = () => undefined;
        const after = disk.crash();
        await expectGone(after, kept);
        if (done && disk.calls.length < stopAt) break;
        stops++;
      }
      expect(stops).toBeGreaterThan(20);
    },
    { case: `${name}: after a stop anywhere, the same again ends it`, timeoutMs: 60_000 },
  );

  async function expectGone(disk: MemoryDisk, kept: readonly Kept[]): Promise<void> {
    const again = await openOn(disk);
    await again.shred(targetsOf(kept), entryOf);
    expect(await openAll(disk, again, kept)).toEqual(expected);
    const bytes = await bytesOf(disk);
    for (const secret of secrets(kept)) expect(bytes.includes(secret)).toBe(false);
    const { verifierKey } = again;
    const { status } = await verifyLog(sourceOf(disk), { verifierKey });
    expect(status).toBe('unwitnessed');
    await again.close();
  }
});

test('what comes for a shredded session later does not open, and takes no other with it', async () => {
  const disk = new MemoryDisk();
  const ledger = await openOn(disk);
  const kept = await fill(ledger);
  await ledger.shred({ sessions: [SESSION], contents: [] }, entryOf);
  const sealer = sealers[SESSION] as Sealer;
  await ledger.keepKey(SESSION, sealer.key.kek, sealer.key.wrapped);
  const sealed = sealer.seal(CALLS[0] ?? '', 'request', Buffer.from('late'));
  const index = ledger.append({ ...entry(9), call: CALLS[0] ?? '' }, [sealed])?.index ?? -1;
  await ledger.flush();
  const late = { ...(kept[0] as Kept), index };
  expect(await openAll(disk, ledger, [...kept.slice(3), late])).toEqual([
    OPENED,
    OPENED,
    OPENED,
    GONE,
  ]);
  await ledger.close();
});

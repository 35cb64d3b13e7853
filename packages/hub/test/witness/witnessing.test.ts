import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeDisk } from '@spoor/ledger';
import { readCosignatures, verifyWitnessed } from '@spoor/ledger/verify';
import { expect, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { confirmWith } from '../../src/witness/confirm.ts';
import { newFolder, newWitness, open, policyOf, until, watch } from './world.ts';

const fill = (ledger: Awaited<ReturnType<typeof open>>, count: number): void => {
  for (let n = 0; n < count; n++) ledger.append({ kind: 'heartbeat', detail: { n } });
};

verifies(
  'witness:quorum',
  async () => {
    const folder = await newFolder();
    const ledger = await open(folder);
    fill(ledger, 300);
    const [one, two, three] = await Promise.all(
      ['w.example/1', 'w.example/2', 'w.example/3'].map((n) => newWitness(ledger.verifierKey, n)),
    );
    if (!one || !two || !three) throw new Error('no witnesses');
    const all = [one, two, three];
    three.answer = async () => ({ status: 503, body: Buffer.alloc(0) });
    const { witnessing, entries } = watch(ledger, folder, all, '2');
    const appended = ledger.append({ kind: 'heartbeat' });
    await appended?.reached('integrated');
    await appended?.reached('witnessed', AbortSignal.timeout(60_000));
    const index = appended?.index ?? 0;
    expect(ledger.cosigned?.size).toBeGreaterThan(index);
    await until(() => witnessing.view.state === 'reached');
    expect(witnessing.view.witnesses.map(({ status }) => status)).toEqual([
      'cosigned',
      'cosigned',
      'later',
    ]);
    expect(entries).toMatchObject([{ kind: 'witness.state', detail: { state: 'reached' } }]);
    // The newest cosigned checkpoint stays, whatever is published after it.
    one.answer = three.answer;
    const held = ledger.cosigned?.size;
    fill(ledger, 10);
    const later = ledger.append({ kind: 'heartbeat' });
    await later?.reached('integrated');
    const note = await readFile(join(folder, 'log/checkpoint.cosigned'), 'utf8');
    expect(Number(note.split('\n')[1])).toBe(held);
    const policy = policyOf(all, '2');
    const { timeMs, words } = readCosignatures(note, policy, Date.now());
    expect(timeMs).toBeDefined();
    expect(words.map((word) => word.timeMs !== undefined)).toEqual([true, true, false]);
    await until(() => witnessing.view.state === 'lost');
    delete one.answer;
    await later?.reached('witnessed', AbortSignal.timeout(60_000));
    await until(() => witnessing.view.state === 'reached');
    expect(entries.map(({ detail }) => detail?.state)).toEqual(['reached', 'lost', 'reached']);
    await ledger.close();
    await witnessing.close(5_000);
    const source = { read: (path: string) => nodeDisk.read(join(folder, 'log', path)) };
    const options = { verifierKey: ledger.verifierKey, nowMs: Date.now(), staleMs: 300_000 };
    const verified = await verifyWitnessed(source, { ...options, policy });
    expect(verified).toMatchObject({ status: 'ok', cosigned: { size: ledger.size } });
    // What witnesses added does not keep the next writer from starting.
    await (await open(folder)).close();
  },
  { case: 'two of three; lost and reached again', timeoutMs: 60_000 },
);

verifies(
  'witness:background',
  async () => {
    const folder = await newFolder();
    const ledger = await open(folder);
    const slow = await newWitness(ledger.verifierKey, 'w.example/slow');
    slow.answer = () => new Promise(() => undefined);
    watch(ledger, folder, [slow]);
    for (let n = 0; n < 20; n++) {
      const appended = ledger.append({ kind: 'heartbeat' });
      await appended?.durable();
      await appended?.reached('integrated', AbortSignal.timeout(60_000));
    }
    const appended = ledger.append({ kind: 'heartbeat' });
    await expect(appended?.reached('witnessed', AbortSignal.timeout(50))).rejects.toThrow();
    await ledger.close();
  },
  { timeoutMs: 60_000 },
);

verifies(
  'witness:refused',
  async () => {
    const folder = await newFolder();
    const first = await open(folder);
    const witness = await newWitness(first.verifierKey, 'w.example/1');
    fill(first, 20);
    await first.close();
    const copy = await newFolder();
    await cp(folder, copy, { recursive: true });
    // The log goes on, and is cosigned.
    const real = await open(folder);
    fill(real, 50);
    const { witnessing } = watch(real, folder, [witness]);
    await real.append({ kind: 'heartbeat' })?.reached('witnessed', AbortSignal.timeout(60_000));
    await witnessing.close(5_000);
    await real.close();
    // The older copy, with all its keys: a start that asks is refused, one that did not is told.
    const asker = {
      witness: policyOf([witness], 'all').witnesses[0],
      post: async (body: Uint8Array) => {
        const said = await witness.witness.add(body);
        return { status: said.status, body: Buffer.from(said.body) };
      },
      close: async () => undefined,
    };
    if (asker.witness === undefined) throw new Error('no witness');
    const askers = [{ ...asker, witness: asker.witness }];
    const start = Date.now();
    const said: string[] = [];
    const old = await readFile(join(copy, 'log/checkpoint'), 'utf8');
    const newest = { note: old, size: Number(old.split('\n')[1]) };
    await expect(confirmWith(askers, newest, (line) => said.push(line))).rejects.toMatchObject({
      code: 'LEDGER_ROLLED_BACK',
    });
    expect(Date.now() - start).toBeLessThan(20_000);
    const forked = await open(copy);
    const { witnessing: told, refusals, entries } = watch(forked, copy, [witness]);
    await until(() => told.view.state === 'refused');
    expect(refusals).toMatchObject([['w.example/1', { status: 'ahead' }]]);
    expect(entries).toMatchObject([{ kind: 'witness.state', detail: { state: 'refused' } }]);
    // Grown past what the witness holds, it is another history all the same.
    fill(forked, 300);
    await forked.append({ kind: 'heartbeat' })?.reached('integrated');
    await until(() => refusals.length > 1);
    expect(refusals[1]).toMatchObject(['w.example/1', { status: 'split' }]);
    await forked.close();
  },
  { case: 'an older copy that is written on', timeoutMs: 60_000 },
);

test('witnesses that do not answer keep no start back for long', async () => {
  const folder = await newFolder();
  const ledger = await open(folder);
  await ledger.close();
  const [witness] = policyOf(
    [await newWitness(ledger.verifierKey, 'w.example/1')],
    'all',
  ).witnesses;
  if (witness === undefined || ledger.published === undefined) throw new Error('no witness');
  const silent = { witness, post: () => new Promise<never>(() => undefined) };
  const said: string[] = [];
  const start = Date.now();
  await confirmWith([{ ...silent, close: async () => undefined }], ledger.published, (line) =>
    said.push(line),
  );
  expect(Date.now() - start).toBeLessThan(20_000);
  expect(said).toEqual(['witness w.example/1: no answer']);
});

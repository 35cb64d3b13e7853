import { readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { DAY_MS, type Hold, systemClock, systemRandom } from '@spoor/core';
import { type Entry, type Leaf, openLedger } from '@spoor/ledger';
import { createSealer } from '@spoor/ledger/seal';
import { expect, onTestFinished, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { VaultDesk } from '../../src/vault/desk.ts';
import { shreddedEntries } from '../../src/vault/entries.ts';
import { Holds } from '../../src/vault/holds.ts';
import type { Journal, VaultQuestion } from '../../src/vault/questions.ts';
import { newId } from '../support/build.ts';
import { temporaryFolder } from '../support/folder.ts';

const RECIPIENT = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p';
const ASKED = { by: 'me@here', reason: 'why' };

/** A ledger with a content in each of some sessions, and a desk over it. */
async function desk(limits: { readonly days?: number; readonly bytesMax?: number } = {}) {
  const folder = temporaryFolder();
  const dir = join(folder, 'ledger');
  const ledger = await openLedger({
    dir,
    stateDir: join(folder, 'state'),
    origin: 'test.example/spoor/2026',
    clock: systemClock,
    random: systemRandom,
  });
  onTestFinished(() => ledger.close());
  const sessions = [newId(), newId(), newId()];
  for (const [n, session] of sessions.entries()) {
    const options = { session, recipients: [RECIPIENT], random: systemRandom };
    const sealer = await createSealer(options);
    await ledger.keepKey(session, sealer.key.kek, sealer.key.wrapped);
    const call = newId();
    const sealed = [sealer.seal(call, 'request', Buffer.alloc(1000, n))];
    const identity = { level: 'unverified' as const, pseudonym: 'a'.repeat(32), evidence: [] };
    ledger.append({ kind: 'call.request', call, session, identity }, sealed);
  }
  await ledger.flush();
  let journal: Journal | undefined;
  const forgotten: unknown[] = [];
  const answer = async (question: VaultQuestion): Promise<unknown> => {
    if (question.kind === 'vault.ready') return { running: [], unreadable: 0 };
    if (question.kind === 'vault.begin') journal = question.journal;
    if (question.kind === 'vault.prune') {
      const { minimum, detail } = question;
      const kind = 'retention.pruned';
      const entry = (pruned: object) => ({
        kind,
        detail: { ...detail, what: 'ledger', ...pruned },
      });
      return (await ledger.prune(minimum, entry as never)).index;
    }
    if (question.kind === 'vault.note')
      return ledger.append({ kind: question.entry, detail: question.detail })?.index;
    if (question.kind !== 'vault.finish' || journal === undefined) return [];
    const doomed = journal;
    const appended = await ledger.shred(
      doomed,
      (gone) => shreddedEntries(doomed, gone)[0] as Entry,
    );
    return appended?.index;
  };
  const made = new VaultDesk({
    ledgerPath: dir,
    holds: new Holds(join(folder, 'holds.json')),
    days: 90,
    bytesMax: 1e9,
    storeDays: 30,
    random: systemRandom,
    nowMs: () => Date.now(),
    sealing: () => true,
    ask: answer,
    forget: (what) => forgotten.push(what),
    ...limits,
  });
  const age = (session: string | undefined, days: number): void => {
    const at = (Date.now() - days * DAY_MS) / 1000;
    const place = join(dir, 'vault', (session ?? '').slice(24, 26), session ?? '');
    for (const name of readdirSync(place)) utimesSync(join(place, name), at, at);
  };
  const left = async (): Promise<number> => (await made.status()).contents.sessions;
  return { desk: made, ledger, sessions, age, left, forgotten };
}

verifies(
  'vault:retention',
  async () => {
    const { desk: one, ledger, sessions, age, left, forgotten } = await desk();
    expect(await one.expire()).toBe(0);
    age(sessions[0], 91);
    age(sessions[1], 92);
    age(sessions[2], 89);
    await one.hold({ kind: 'session', session: sessions[1] ?? '' }, ASKED);
    expect(await one.status()).toMatchObject({ keptByHold: 1, contents: { sessions: 3 } });
    expect(await one.expire()).toBe(1);
    expect(await left()).toBe(2);
    const last = JSON.parse((await ledger.readLeaf(ledger.size - 1)) ?? '') as Leaf;
    expect(last).toMatchObject({
      kind: 'retention.pruned',
      detail: { 'vault.days': 90, contents: 1, keys: 1, sessions: [sessions[0]] },
    });
    // Facts have a time of their own.
    expect(forgotten).toEqual([]);
    expect(await one.expire()).toBe(0);
    const [hold] = one.holds;
    await one.release(hold?.id ?? '', ASKED);
    expect(await one.expire()).toBe(1);
    expect(await left()).toBe(1);
  },
  { case: 'by age, but what is held' },
);

verifies(
  'vault:retention',
  async () => {
    const { desk: one, sessions, age, left } = await desk({ bytesMax: 4_000 });
    for (const [n, session] of sessions.entries()) age(session, n);
    const { bytes } = (await one.status()).contents;
    expect(bytes).toBeGreaterThan(4_000);
    expect(await one.expire()).toBe(1);
    expect(await left()).toBe(2);
  },
  { case: 'by size, the oldest first' },
);

verifies(
  'ledger:prune',
  async () => {
    const { desk: one, ledger, sessions, age } = await desk();
    const soon = Date.now() + DAY_MS;
    for (let n = 0; n < 700; n++) ledger.append({ kind: 'heartbeat' });
    await ledger.flush();
    const first = (await one.prune(soon, ASKED, false)).stopped;
    expect(first).toMatchObject({ why: 'content' });
    await expect(one.prune(soon, ASKED, true)).rejects.toMatchObject({
      code: 'LEDGER_PRUNE_REFUSED',
    });
    for (const session of sessions) age(session, 100);
    expect(await one.expire()).toBe(3);
    // The entry about an expiry names sessions, and none of their content.
    expect(await one.prune(soon, ASKED, false)).toMatchObject({ from: 0, minimum: 512 });
    expect(await one.prune(0, ASKED, false)).toMatchObject({ minimum: 0 });
    const [call, session] = [newId(), newId()];
    const index = ledger.append({ kind: 'call.request', call, session })?.index ?? 0;
    for (let n = 0; n < 300; n++) ledger.append({ kind: 'heartbeat' });
    await ledger.flush();
    const fromMs = Date.now() + 10 * DAY_MS;
    await one.hold({ kind: 'period', fromMs, toMs: fromMs + 1 }, ASKED);
    expect((await one.prune(soon, ASKED, false)).minimum).toBe(768);
    const hold = await one.hold({ kind: 'session', session }, ASKED);
    const held = await one.prune(soon, ASKED, true);
    expect(held).toMatchObject({ minimum: 512, stopped: { index, why: 'hold', hold } });
    expect(await one.pruneOlder(-1)).toBe(0);
    await one.release(hold.id, ASKED);
    expect(await one.pruneOlder(-1)).toBe(256);
    expect(await ledger.readLeaf(index)).toBeUndefined();
  },
  { case: 'up to what is held or still sealed' },
);

test('a hold by person or period keeps what it names', async () => {
  for (const target of [
    { kind: 'period', fromMs: 0, toMs: Date.now() + DAY_MS },
    { kind: 'session', session: '' },
  ] as const) {
    const { desk: one, sessions, age, left } = await desk();
    for (const session of sessions) age(session, 100);
    const named = target.kind === 'session' ? { ...target, session: sessions[0] ?? '' } : target;
    const hold: Hold = await one.hold(named, ASKED);
    expect(one.holds).toEqual([hold]);
    await one.expire();
    expect(await left()).toBe(target.kind === 'session' ? 1 : 3);
  }
});

test('only counts until it is really wanted', async () => {
  const { desk: one, sessions, left } = await desk();
  const target = { kind: 'session', session: sessions[0] ?? '' } as const;
  const before = await one.shred(target, ASKED, false);
  expect(before).toMatchObject({ contents: 1, bytes: 1000, calls: 1, sessions: 1, held: 0 });
  expect(before.index).toBeUndefined();
  expect(await left()).toBe(3);
  const done = await one.shred(target, ASKED, true);
  expect(done.index).toBeGreaterThan(0);
  expect(await left()).toBe(2);
  const nothing = { kind: 'session', session: newId() } as const;
  await expect(one.shred(nothing, ASKED, true)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Observation, systemClock, systemRandom } from '@spoor/core';
import { type Ledger, nodeDisk, openLedger } from '@spoor/ledger';
import type { LogSource } from '@spoor/ledger/verify';
import { describe, expect, it, onTestFinished } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { entryOf, withLedger } from '../../src/decide/entry.ts';
import { compare, type Piece } from '../../src/reconcile/compare.ts';
import { Reconciliation } from '../../src/reconcile/job.ts';
import { tellGaps } from '../../src/reconcile/tell.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import type { Store } from '../../src/store/store.ts';
import { observation } from '../support/build.ts';

interface Both {
  readonly folder: string;
  readonly ledger: Ledger;
  readonly source: LogSource;
  readonly store: Store;
  readonly rows: readonly Observation[];
}

/** Calls as a hub writes them into both. */
async function both(calls: number, store: Store = openSqliteStore(':memory:')): Promise<Both> {
  const folder = mkdtempSync(join(tmpdir(), 'spoor-reconcile-'));
  const [dir, stateDir] = [join(folder, 'log'), join(folder, 'state')];
  const origin = 'test.example/spoor';
  const ledger = await openLedger({
    dir,
    stateDir,
    origin,
    clock: systemClock,
    random: systemRandom,
  });
  onTestFinished(async () => {
    store.close();
    await ledger.close();
    rmSync(folder, { recursive: true });
  });
  const rows = Array.from({ length: calls }, (_, n) => {
    const row = observation(n + 1, { outcome: 'ok' });
    return withLedger(row, ledger.append(entryOf('call.result', row)));
  });
  await ledger.flush();
  const source = { read: (path: string) => nodeDisk.read(`${dir}/${path}`) };
  return { folder, ledger, source, store, rows };
}

const save = (store: Store, observations: readonly Observation[]): void =>
  store.append({ observations, bindings: [], definitions: [], norms: [] });

async function all({ source, store }: Both, max: number, spans?: Set<string>): Promise<Piece[]> {
  const pieces: Piece[] = [];
  let place = { index: 0, seq: 0 };
  for (;;) {
    const settledBeforeMs = Date.now() + 1e12;
    const more = spans === undefined ? {} : { spans };
    const piece = await compare({ source, store, place, max, settledBeforeMs, ...more });
    pieces.push(piece);
    if (piece.done) return pieces;
    place = piece.next;
  }
}

const gapsOf = (pieces: readonly Piece[]): string[] =>
  pieces.flatMap(({ gaps }) => gaps.map(({ kind, seq }) => `${kind} ${seq}`));

describe('ledger and store', () => {
  verifies(
    'ledger:reconcile',
    async () => {
      const world = await both(30);
      save(world.store, world.rows);
      const pieces = await all(world, 7);
      expect(gapsOf(pieces)).toEqual([]);
      expect(pieces.length).toBeGreaterThan(4);
      expect(pieces.reduce((sum, { entries }) => sum + entries, 0)).toBe(32);
      expect(pieces.reduce((sum, { rows }) => sum + rows, 0)).toBe(30);
    },
    { case: 'that agree, piece by piece' },
  );

  verifies(
    'ledger:reconcile',
    async () => {
      const world = await both(30);
      save(world.store, world.rows.toSpliced(12, 1));
      expect(gapsOf(await all(world, 100))).toEqual(['row 13']);
      const other = await both(5);
      const [first, ...rest] = other.rows;
      const moved = rest.map((row) => ({
        ...row,
        ledger: { index: row.ledger?.index ?? 0, leafHash: 'ab'.repeat(32) },
      }));
      save(other.store, [...(first === undefined ? [] : [first]), ...moved]);
      expect(gapsOf(await all(other, 100))).toEqual(['entry 2', 'entry 3', 'entry 4', 'entry 5']);
    },
    { case: 'where one lacks a call' },
  );

  it('miss a span only where somebody looked, and only one that was kept', async () => {
    const world = await both(3);
    save(world.store, world.rows);
    const [first, second] = world.rows;
    const spans = new Set([first?.trace.span ?? '', second?.trace.span ?? '']);
    const expected = world.rows
      .filter((row) => row.trace.sampled.keep && !spans.has(row.trace.span))
      .map(({ seq }) => `span ${seq}`);
    expect(gapsOf(await all(world, 100, spans))).toEqual(expected);
    expect(gapsOf(await all(world, 100))).toEqual([]);
  });

  it('take what retention has pruned for no gap, and what is new for not settled', async () => {
    const world = await both(10);
    save(world.store, world.rows);
    world.store.prune(world.rows[4]?.time.hubMs ?? 0, Number.MAX_SAFE_INTEGER);
    expect(gapsOf(await all(world, 100))).toEqual([]);
    const old = await both(600);
    save(old.store, old.rows);
    await old.ledger.prune(512, (pruned) => ({
      kind: 'retention.pruned',
      detail: { what: 'ledger', ...pruned },
    }));
    expect(gapsOf(await all(old, 100))).toEqual([]);
    const other = openSqliteStore(':memory:');
    onTestFinished(() => other.close());
    const [row] = old.rows;
    const ledger = { index: row?.ledger?.index ?? 0, leafHash: 'ab'.repeat(32) };
    save(other, [{ ...old.rows[0], ledger } as Observation]);
    const forged = await all({ ...old, store: other }, 100);
    expect(forged.flatMap(({ gaps }) => gaps)).toContainEqual(
      expect.objectContaining({ kind: 'entry', seq: 1 }),
    );
    const empty = openSqliteStore(':memory:');
    onTestFinished(() => empty.close());
    const { source } = world;
    const place = { index: 0, seq: 0 };
    const piece = await compare({ source, store: empty, place, max: 100, settledBeforeMs: 0 });
    expect(piece).toMatchObject({ gaps: [], entries: 0, done: false });
  });
});

describe('the job', () => {
  verifies(
    'ledger:reconcile',
    async () => {
      const world = await both(5);
      save(world.store, world.rows.slice(0, 4));
      const told: string[] = [];
      const live = { publish: () => undefined };
      const nowMs = (): number => Date.now() + 1e12;
      const job = new Reconciliation({
        ledgerPath: join(world.folder, 'log'),
        store: world.store,
        nowMs,
        everyMs: 1e6,
        found: (gaps) => {
          told.push(...gaps.map(({ kind }) => kind));
          tellGaps(gaps, { store: world.store, live, random: systemRandom, nowMs: nowMs() });
        },
      });
      await job.look();
      await job.look();
      expect(told).toEqual(['row']);
      const [alert] = world.store.alerts({ open: true, limit: 10 });
      expect(alert?.rule.id).toBe('ledger-span-gap');
      expect(alert?.detection.group).toMatchObject({ gap: 'row', call: world.rows[4]?.id });
      await job.close();
    },
    { case: 'tells once' },
  );

  it('counts that it could not look apart from finding nothing', async () => {
    const world = await both(2);
    const job = new Reconciliation({
      ledgerPath: join(world.folder, 'log', 'checkpoint'),
      store: world.store,
      nowMs: Date.now,
      everyMs: 1e6,
      found: () => expect.unreachable(),
    });
    await job.look();
    expect(job.counts).toMatchObject({ reconcileFailures: 1, reconcileGaps: 0 });
    await job.close();
  });
});

import { CodedError, OBSERVE } from '@spoor/core';
import type { Sensed } from '@spoor/edge';
import type { Appended } from '@spoor/ledger';
import { describe, expect, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import type { RecordBatch } from '../../src/bus.ts';
import { START_MS, sensed } from '../support/build.ts';
import { afterwards, durable, ENFORCE, SHARE, setUp } from '../support/decisions.ts';

const refusing = (): Appended => ({
  ...durable(),
  durable: () => Promise.reject(new CodedError('DURABILITY_LOST')),
});
const failing = (): never => {
  throw new CodedError('LEDGER_WRITE_FAILED');
};
const dropping = (): undefined => undefined;

describe('a sensitive call whose entry is not on disk', () => {
  verifies('ledger:durable-first', async () => {
    const disk = Promise.withResolvers<void>();
    const waiting = (): Appended => ({ ...durable(), durable: () => disk.promise });
    const { decisions, connect } = setUp(ENFORCE, waiting);
    let answered = false;
    const begun = Promise.resolve(decisions.begin(connect(1), sensed({ tool: SHARE }), []));
    void begun.then(() => {
      answered = true;
    });
    await afterwards();
    expect(answered).toBe(false);
    disk.resolve();
    expect((await begun).decision.action).toBe('allow');
  });

  for (const [why, append] of [
    ['the disk refuses', refusing],
    ['the ledger has failed', failing],
    ['the entry was dropped', dropping],
  ] as const) {
    verifies(
      'ledger:durable-first',
      async () => {
        const { decisions, connect, recorded } = setUp(ENFORCE, append);
        const begun = await decisions.begin(connect(1), sensed({ tool: SHARE }), []);
        expect(begun.labels).toContain('shares-externally');
        expect(begun.decision).toMatchObject({ action: 'deny', reason: 'durability' });
        await afterwards();
        expect(decisions.counts).toMatchObject({ notDurable: 1, denied: 1 });
        expect(recorded.flatMap(({ observations }) => observations ?? [])).toMatchObject([
          { outcome: 'denied', decision: { reason: 'durability' } },
        ]);
      },
      { case: `denied in enforce, ${why}` },
    );
  }

  test('passes in observe, and says what would have been', async () => {
    const { decisions, connect } = setUp(OBSERVE, failing);
    const { decision } = await decisions.begin(connect(1), sensed({ tool: SHARE }), []);
    expect(decision).toMatchObject({ action: 'allow', wanted: 'deny', reason: 'durability' });
  });
});

test('an ordinary call passes with a broken ledger, counted', async () => {
  const { decisions, connect } = setUp(ENFORCE, failing);
  const begun = await decisions.begin(connect(1), sensed({ tool: 'list_items' }), []);
  expect(begun.decision.action).toBe('allow');
  await afterwards();
  expect(decisions.counts.notWritten).toBe(1);
});

describe('the end of a call', () => {
  const endOf = (call: Sensed): Sensed => {
    const { request: _, ...rest } = call;
    return { ...rest, outcome: 'ok', endMs: START_MS };
  };

  const lastObservation = (recorded: readonly Partial<RecordBatch>[]) =>
    recorded.flatMap(({ observations }) => observations ?? []).at(-1);

  test('knows what its beginning knew, also on a new connection of the same host', async () => {
    const { decisions, connect, recorded } = setUp(OBSERVE, durable);
    const call = sensed();
    const old = connect(1);
    await decisions.begin(old, call, []);
    await afterwards();
    expect(old.open.size).toBe(1);
    decisions.end(connect(1), endOf(call), []);
    await afterwards();
    expect(lastObservation(recorded)?.facts.request).toEqual(call.request);
    expect(old.open.size).toBe(0);
  });

  test('of another session’s call is not its end', async () => {
    const { decisions, connect, recorded } = setUp(OBSERVE, durable);
    const call = sensed();
    const owner = connect(1);
    await decisions.begin(owner, call, []);
    decisions.end(connect(2), endOf(call), []);
    await afterwards();
    expect(lastObservation(recorded)?.facts).not.toHaveProperty('request');
    expect(owner.open.size).toBe(1);
    decisions.end(owner, endOf(call), []);
    await afterwards();
    expect(lastObservation(recorded)?.facts.request).toEqual(call.request);
  });

  test('that never comes costs only its own sensor, up to a limit', async () => {
    const { decisions, connect, recorded } = setUp(OBSERVE, durable);
    const quiet = sensed();
    const patient = connect(2);
    await decisions.begin(patient, quiet, []);
    const flooding = connect(1);
    for (let n = 0; n < 10_005; n++) await decisions.begin(flooding, sensed(), []);
    await afterwards();
    expect(flooding.open.size).toBe(10_000);
    expect(decisions.counts.openGivenUp).toBe(5);
    decisions.end(patient, endOf(quiet), []);
    await afterwards();
    expect(lastObservation(recorded)?.facts.request).toEqual(quiet.request);
  });
});

test('every decision that spoke has its own entry', async () => {
  const { decisions, connect, entries } = setUp(ENFORCE, refusing);
  await decisions.begin(connect(1), sensed({ tool: SHARE }), []);
  await afterwards();
  const spoken = entries.map(({ kind, decision }) => [kind, decision?.reason]);
  expect(spoken).toEqual([
    ['call.request', 'default'],
    ['decision', 'durability'],
  ]);
});

test('sensors hear when results give a tool a label that it had not', async () => {
  const { decisions, connect, pushed } = setUp(OBSERVE, durable);
  const connection = connect(7);
  const call = sensed();
  const end = {
    ...call,
    outcome: 'ok' as const,
    result: { ...call.request, classes: [{ class: 'pii.iban' as const, count: 2 }] },
  };
  for (let n = 0; n < 2; n++) {
    await decisions.begin(connection, call, []);
    decisions.end(connection, end as Sensed, []);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const heard = pushed.map(({ push }) => push);
  expect(heard).toEqual([{ kind: 'tool', tool: call.tool, labels: ['reads-pii'], hold: true }]);
});

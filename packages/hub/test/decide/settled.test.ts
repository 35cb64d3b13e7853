import { CodedError, OBSERVE } from '@spoor/core';
import { expect, it } from 'vitest';
import { sensed } from '../support/build.ts';
import { setUp } from '../support/decisions.ts';

const written = (durable: () => Promise<void>): ReturnType<Parameters<typeof setUp>[1]> => ({
  index: 0,
  leafHash: 'ab'.repeat(32),
  durable,
  reached: durable,
});

function refuse(): never {
  throw new CodedError('LEDGER_WRITE_FAILED');
}

it('says that all is on disk when the disk has it, and not before', async () => {
  const disk = Promise.withResolvers<void>();
  const { decisions, connect } = setUp(OBSERVE, () => written(() => disk.promise));
  decisions.end(connect(1), sensed({ outcome: 'ok' }), []);
  let settled = false;
  const waiting = decisions.settled().then(() => {
    settled = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(settled).toBe(false);
  disk.resolve();
  await waiting;
});

it.each([
  ['refuses', refuse],
  ['drops', (): undefined => undefined],
] as const)('says once that something is not on disk, where the ledger %s', async (_, append) => {
  let refuses = true;
  const { decisions, connect } = setUp(OBSERVE, () =>
    refuses ? append() : written(async () => undefined),
  );
  decisions.end(connect(1), sensed({ outcome: 'ok' }), []);
  await expect(decisions.settled()).rejects.toMatchObject({ code: 'DURABILITY_LOST' });
  refuses = false;
  decisions.end(connect(1), sensed({ outcome: 'ok' }), []);
  await decisions.settled();
});

it('takes a call as begun that no decision came with', async () => {
  const { decisions, connect, recorded } = setUp(OBSERVE, () => written(async () => undefined));
  decisions.end(connect(1), sensed({ outcome: 'pending' }), []);
  await decisions.settled();
  const [begun] = recorded.flatMap(({ observations }) => observations ?? []);
  expect(begun).toMatchObject({ outcome: 'pending', decision: { action: 'allow' } });
});

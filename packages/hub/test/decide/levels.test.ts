import { type Decision, OBSERVE } from '@spoor/core';
import type { Begun } from '@spoor/edge';
import type { AckLevel } from '@spoor/ledger';
import { expect, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { Levels, parseLevels } from '../../src/decide/levels.ts';
import { sensed } from '../support/build.ts';
import { afterwards, ENFORCE, SHARE, setUp } from '../support/decisions.ts';

test('the strictest level of the labels holds, and sensitive ones are durable', () => {
  const plain = new Levels();
  expect(plain.of([])).toBe('buffered');
  expect(plain.of(['reads-pii'])).toBe('buffered');
  expect(plain.of(['reads-pii', 'egress'])).toBe('durable');
  const levels = parseLevels('destructive=witnessed, egress=buffered,reads-pii=integrated', 100);
  expect(levels.of(['egress'])).toBe('buffered');
  expect(levels.of(['egress', 'reads-pii'])).toBe('integrated');
  expect(levels.of(['destructive', 'financial'])).toBe('witnessed');
  for (const bad of ['', 'egress', 'egress=sure', 'egres=durable', 'egress=durable,'])
    expect(() => parseLevels(bad, 100)).toThrow('ledger.levels');
});

const LEVELS = parseLevels('shares-externally=witnessed', 200);

/** A call of a tool that shares with others; witnesses answer when the test says. */
function wait(policy: typeof OBSERVE): {
  readonly begun: Begun;
  readonly answer: PromiseWithResolvers<void>;
  readonly decided: () => Decision | undefined;
} {
  const answer = Promise.withResolvers<void>();
  answer.promise.catch(() => undefined);
  const reached = (level: AckLevel, signal?: AbortSignal): Promise<void> => {
    if (level !== 'witnessed') return Promise.resolve();
    const ended = new Promise<never>((_, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason));
    });
    return Promise.race([answer.promise, ended]);
  };
  const written = { index: 1, leafHash: 'ab', durable: async () => undefined, reached };
  const { decisions, connect, pushed } = setUp(policy, () => written, { levels: LEVELS });
  const begun = decisions.begin(connect(1), sensed({ tool: SHARE }), []);
  if (begun instanceof Promise) throw new Error('the sensor is kept waiting');
  const decided = (): Decision | undefined => {
    const found = pushed.find(({ push }) => push.kind === 'decided')?.push;
    return found?.kind === 'decided' ? found.decision : undefined;
  };
  return { begun, answer, decided };
}

verifies(
  'witness:levels',
  async () => {
    const { begun, answer, decided } = wait(ENFORCE);
    expect(begun).toMatchObject({ decision: { action: 'allow' }, waitMs: 200 });
    await afterwards();
    expect(decided()).toBeUndefined();
    answer.resolve();
    await afterwards();
    expect(decided()).toMatchObject({ action: 'allow' });
  },
  { case: 'the sensor is answered at once, and told later' },
);

verifies(
  'witness:levels',
  async () => {
    const enforced = wait(ENFORCE);
    const observed = wait(OBSERVE);
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(enforced.decided()).toMatchObject({ action: 'deny', reason: 'durability' });
    expect(observed.decided()).toMatchObject({ action: 'allow', wanted: 'deny' });
  },
  { case: 'without an answer: denied in enforce, and gone on in observe' },
);

verifies(
  'fail:labels',
  async () => {
    const policy = { ...ENFORCE, fail: { 'shares-externally': 'open' } } as const;
    for (const [said, action, reason] of [
      [ENFORCE, 'deny', 'durability'],
      [policy, 'allow', 'fail-open'],
    ] as const) {
      const { decisions, connect } = setUp(said, () => undefined);
      const { decision } = await decisions.begin(connect(7), sensed({ tool: SHARE }), []);
      expect(decision).toMatchObject({ action, reason });
    }
  },
  { case: 'a ledger that takes nothing' },
);

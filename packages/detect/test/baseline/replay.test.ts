import type { CaseId, Observation } from '@spoor/core';
import { expect, it } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { createDetector, type Detector, Norms, parseBudgets } from '../../src/index.ts';
import { pack } from '../support/pack.ts';
import { OBSERVE, START_MS } from '../support/scenario.ts';
import { call } from './calls.ts';

const BUDGETS = parseBudgets(
  'budgets: [{ name: talk, of: [session], limit: 30, action: alert }]',
  'budgets.yml',
);

const detector = (norms?: Norms): Detector =>
  createDetector({
    rules: pack.rules,
    policy: OBSERVE,
    newCase: () => 'c-bcdfghjkmn' as CaseId,
    ...(norms && { norms }),
  });

const ended = (begun: Observation): Observation => ({
  ...begun,
  seq: begun.seq + 1,
  outcome: 'ok',
});

/** Each rule that fired, where, and with what words. */
function played(by: Detector, observations: readonly Observation[]) {
  const steps = observations.map((one) => by.step(one));
  const said = steps.flatMap(({ detections }) =>
    detections.map(({ rule, seq, path }) => [rule.id, seq, path.at(-1)?.matched]),
  );
  return { said, recorded: steps.map(({ observation }) => observation) };
}

verifies('baseline:replay', () => {
  const usual = { to: 'ann@acme.example', text: 'the minutes' };
  const strange = { ...usual, to: 'ann@drop.example', bcc: 'x', text: 'x'.repeat(4_000) };
  const made = Array.from({ length: 40 }, (_, i) =>
    call(i > 25 && i % 4 === 0 ? strange : usual, { atMs: START_MS + i * 60_000 }),
  ).map((one, i) => ({
    ...one,
    seq: 2 * i + 1,
    tool: { name: 'send_email', labels: ['egress'] as const },
  }));
  const observations = made.flatMap((one) => [one, ended(one)]);
  const norms = new Norms({ lockThemselves: true, calls: 20, spanMs: 0 }, BUDGETS);
  const live = played(detector(norms), observations);
  const rules = new Set(live.said.map(([rule]) => rule));
  expect([...rules]).toEqual(
    expect.arrayContaining(['unexpected-arguments', 'new-destination', 'denial-of-wallet-alert']),
  );
  // What is recorded says what was usual then: nothing has to be learned again to play it.
  expect(played(detector(), live.recorded).said).toEqual(live.said);
});

it('is taught by suspect calls only where their owner has excepted them', () => {
  const calls = (exceptionOf?: () => string): number | undefined => {
    const norms = new Norms({ lockThemselves: false, calls: 1, spanMs: 0 }, BUDGETS);
    const by = detector(norms);
    const definitions = { tools: [{ name: 'send_email', argumentNames: ['to'] }], partial: false };
    const list = { ...call({}), kind: 'tool.list', facts: { flows: [], definitions } };
    by.step(list as unknown as Observation);
    for (const args of [{ to: 'x' }, { to: 'x', bcc: 'y' }])
      by.step(call(args), exceptionOf === undefined ? {} : { exceptionOf });
    return norms.baselines.show('mail', 'send_email')?.calls;
  };
  expect(calls()).toBe(1);
  expect(calls(() => 'e-1')).toBe(2);
});

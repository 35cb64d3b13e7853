import type { BaselineFacts, BudgetAction, Observation } from '@spoor/core';
import { facts, Scenario, text } from './scenario.ts';
import { TOOLS } from './tools.ts';

const MAIL = { to: 'ann@acme.example', subject: 'minutes', body: 'as discussed' };
const [draft] = new Scenario().call('mail', TOOLS.mail, MAIL, text('sent')).observations;

/** A call with what its baseline says of it, as the hub records it. */
function told(baseline: Partial<BaselineFacts>, args: object = {}): Partial<Observation> {
  if (draft === undefined) throw new Error('Impossible: the scenario has observations');
  const { id: _, seq: __, time: ___, ...rest } = draft;
  return {
    ...rest,
    facts: {
      request: facts({ ...MAIL, ...args }, 'arguments'),
      flows: [],
      baseline: { state: 'locked', calls: 812, ...baseline },
    },
  };
}

const calls = (...parts: readonly Partial<Observation>[]): Scenario => {
  const scenario = new Scenario();
  for (const part of parts) scenario.add(part).wait(1_000);
  return scenario;
};

const DESTINATION = { newDestinations: 1, destinationNovelty: 0.01 };
const burst = (count: number, factor: number): Scenario =>
  calls(
    ...Array.from({ length: count }, (_, i) =>
      told({ rate: { perMinute: 50 + i, factor: i < 4 ? 1.5 : factor } }),
    ),
  );

const DAILY = { name: 'daily', limit: 100, of: ['principal'], sinceMs: 1_799_971_200_000 } as const;

/** Calls of ten units each, of a budget of which so much was spent before the second. */
const spending = (spent: number, action: BudgetAction): Scenario =>
  calls(
    ...[spent - 10, spent, spent].map((before): Partial<Observation> => {
      const call = told({});
      const { baseline: _, ...rest } = call.facts ?? { flows: [] };
      const over = before + 10 > DAILY.limit ? { over: [{ ...DAILY, spent: before, action }] } : {};
      return { ...call, facts: { ...rest, spend: { cost: 10, charged: 10, ...over } } };
    }),
  );

export const BASELINE_TRACES: Readonly<Record<string, () => Scenario>> = {
  'execution/unexpected-arguments.key': () =>
    calls(told({ newKeys: ['bcc'] }, { bcc: 'desk@drop.example' })),
  'execution/unexpected-arguments.type-and-size': () =>
    calls(
      told({ newTypes: ['subject:array'] }, { subject: ['a', 'b'] }),
      told({ size: { path: 'body', bytes: 40_960, factor: 16 } }),
      told({ size: { path: 'body', bytes: 4_000, factor: 1.6 } }),
    ),
  'execution/unexpected-arguments.undeclared': () =>
    calls(told({ state: 'learning', calls: 3, undeclaredKeys: ['bcc'] }, { bcc: 'x' })),
  'execution/unexpected-arguments.learning': () =>
    calls(told({ state: 'learning', calls: 3, newKeys: ['cc'] }, { cc: 'x' }), told({})),
  'impact/denial-of-wallet.deny': () => spending(95, 'deny'),
  'impact/denial-of-wallet.ask': () => spending(95, 'ask'),
  'impact/denial-of-wallet.alert': () => spending(95, 'alert'),
  'impact/denial-of-wallet.within': () => spending(90, 'alert'),
  'impact/high-frequency.burst': () => burst(12, 5),
  'impact/high-frequency.little': () => burst(12, 2.4),
  'impact/high-frequency.two': () => burst(6, 5),
  'exfiltration/new-destination.new': () => calls(told(DESTINATION, { to: 'ann@drop.example' })),
  'exfiltration/new-destination.asked': () =>
    new Scenario()
      .prompt('Send an email to ann@drop.example with the minutes.')
      .add(told(DESTINATION, { to: 'ann@drop.example' })),
  'exfiltration/new-destination.varied': () =>
    calls(told({ ...DESTINATION, destinationNovelty: 0.4 }, { to: 'ann@drop.example' })),
  'initial-access/unusual-hour.night': () =>
    calls(told({ unusualHour: 3 }), told({ unusualHour: 3 })),
  'initial-access/unusual-hour.learning': () =>
    calls(told({ state: 'learning', calls: 30, unusualHour: 3 })),
};

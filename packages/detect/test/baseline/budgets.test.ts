import { CodedError, type ContentFacts, LIMITS, type Observation, type Usage } from '@spoor/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { createDetector, type NormRow, Norms, parseBudgets } from '../../src/index.ts';
import { pack } from '../support/pack.ts';
import { ENFORCE, START_MS } from '../support/scenario.ts';
import { type Calling, call } from './calls.ts';

const NEVER = { lockThemselves: false, calls: 1, spanMs: 0 };
const DAY_MS = 86_400_000;
const TODAY_MS = Math.floor(START_MS / DAY_MS) * DAY_MS;

const FILE = parseBudgets(
  `
costs:
  - { tool: "render_*", call: 5, usage: { output_tokens: 0.001 } }
  - { tool: measured, usage: { cost: 1 } }
  - { tool: free, call: 0 }
budgets:
  - { name: daily, of: [principal], window: 1d, limit: 12, action: deny }
  - { name: talk, of: [session], limit: 1000, action: alert }
  - { name: one-tool, of: [tool], tool: render_b, limit: 5, action: ask }
`,
  'budgets.yml',
);

const asked = (calling: Calling): Observation => call({}, calling);

/** The same call at its end. */
const ended = (begun: Observation, usage?: Usage): Observation => ({
  ...begun,
  seq: begun.seq + 0.5,
  outcome: 'ok',
  facts: {
    ...begun.facts,
    result: { ...(begun.facts.request as ContentFacts), ...(usage && { usage }) },
  },
});

const norms = (): Norms => new Norms(NEVER, FILE);
const take = (into: Norms, observation: Observation, first = true): Observation => {
  const facts = { ...observation.facts, ...into.of(observation) };
  const known = { ...observation, facts };
  into.take(known, { first, suspect: false });
  return known;
};
const spent = (of: Norms, name: string, atMs = START_MS): readonly number[] =>
  (of.budgets.views(atMs).find((one) => one.name === name)?.states ?? []).map((one) => one.spent);

describe('budgets', () => {
  verifies('budget:enforced', () => {
    let cases = 0;
    const newCase = () => `c-${String(cases++).padStart(10, 'b')}` as never;
    const own = norms();
    const detector = createDetector({ rules: pack.rules, policy: ENFORCE, newCase, norms: own });
    const step = (calling: Calling) => {
      const { decision, detections } = detector.step(asked(calling));
      const said = detections.find(({ rule }) => rule.id.startsWith('denial-of-wallet-'));
      return { action: decision.action, words: said?.path.at(-1)?.matched['spend.over'] };
    };
    const dear = { tool: 'render_a' };
    expect([step(dear).action, step(dear).action]).toEqual(['allow', 'allow']);
    const third = step(dear);
    expect(third.action).toBe('deny');
    expect(third.words).toBe(
      'budget daily of the principal: 10 of 12 are spent since 2027-01-15T00:00Z, the call costs 5',
    );
    // What was denied costs nothing; what is free passes; others and tomorrow have their own.
    expect(spent(own, 'daily')).toEqual([10]);
    expect(step({ tool: 'free' }).action).toBe('allow');
    expect(step({ ...dear, principal: 'p2' }).action).toBe('allow');
    expect(step({ ...dear, atMs: TODAY_MS + DAY_MS }).action).toBe('allow');
    expect(spent(own, 'talk')).toEqual([20]);
  });

  it('asks where a budget says so, and names the strictest of several', () => {
    const own = norms();
    take(own, asked({ tool: 'render_b' }));
    const second = own.of(asked({ tool: 'render_b' }))?.spend;
    expect(second?.over?.map(({ name, action }) => [name, action])).toEqual([['one-tool', 'ask']]);
    take(own, asked({ tool: 'render_b' }));
    const third = own.of(asked({ tool: 'render_b' }))?.spend;
    expect(third?.over?.map(({ name }) => name)).toEqual(['daily', 'one-tool']);
  });

  verifies('budget:usage', () => {
    const own = norms();
    const one = take(own, asked({ tool: 'render_a' }));
    const end = ended(one, { output_tokens: 1_500, input_tokens: 9_999_999 });
    const facts = own.of(end, { spend: one.facts.spend as never });
    expect(facts?.spend).toEqual({ cost: 6.5, charged: 1.5 });
    own.take({ ...end, facts: { ...end.facts, ...facts } }, { first: false, suspect: false });
    expect(spent(own, 'daily')).toEqual([6.5]);
    // What is priced by use alone needs something left.
    const used = take(own, asked({ tool: 'measured' }));
    const much = own.of(ended(used, { cost: 20 }), { spend: used.facts.spend as never });
    expect(much?.spend?.over?.map(({ name }) => name)).toEqual(['daily']);
    own.take(
      { ...ended(used), facts: { ...used.facts, ...much } },
      { first: false, suspect: false },
    );
    expect(spent(own, 'daily')).toEqual([26.5]);
    expect(own.of(asked({ tool: 'measured' }))?.spend?.over).toMatchObject([{ spent: 26.5 }]);
    expect(own.of(asked({ tool: 'free' }))?.spend?.over).toBeUndefined();
  });
});

describe('sums', () => {
  it('are reminded of what was recorded, once', () => {
    const own = norms();
    const one = take(own, asked({ tool: 'render_a' }));
    const facts = own.of(ended(one, { output_tokens: 1_000 }), { spend: one.facts.spend as never });
    const end = { ...ended(one), facts: { ...one.facts, ...facts } };
    const denied: Observation = {
      ...take(norms(), asked({ tool: 'render_a' })),
      outcome: 'denied',
    };
    const next = norms();
    for (const observation of [one, end, denied]) next.remind(observation);
    expect(spent(next, 'daily')).toEqual([6]);
    expect(next.baselines.list()).toMatchObject([{ calls: 1 }]);
    next.restore(next.takeRows());
    for (const observation of [one, end, denied]) next.remind(observation);
    expect(spent(next, 'daily')).toEqual([6]);
  });

  it('are of calls where the file names no costs', () => {
    const own = new Norms(NEVER, parseBudgets('budgets: [{ name: calls, limit: 2 }]', 'b.yml'));
    for (let i = 0; i < 3; i++) take(own, asked({}));
    expect(spent(own, 'calls')).toEqual([3]);
    expect(own.of(asked({}))?.spend?.over).toMatchObject([{ spent: 3, limit: 2, of: [] }]);
  });

  it('are bounded: that longest without a charge goes, counted', () => {
    const own = norms();
    for (let n = 0; n <= LIMITS.budgetSumsMax; n++) {
      const spender = { principal: `p${n}`, session: 's', server: 'x', tool: 'x', atMs: START_MS };
      own.budgets.charge(n + 1, spender, 1);
    }
    expect(own.budgets.counts.budgetSums).toBeLessThanOrEqual(LIMITS.budgetSumsMax);
    expect(own.budgets.counts.budgetSumsDropped).toBeGreaterThan(0);
    // The one of the session is charged by each.
    expect(spent(own, 'talk')).toEqual([LIMITS.budgetSumsMax + 1]);
  });
});

const CHARGE = fc.record({
  tool: fc.constantFrom('render_a', 'render_b', 'measured', 'free', 'unknown'),
  principal: fc.constantFrom('p1', 'p2'),
  session: fc.constantFrom('s1', 's2', 's3'),
  hours: fc.integer({ min: 0, max: 40 }),
});

type Charge = typeof CHARGE extends fc.Arbitrary<infer Value> ? Value : never;

/** What is kept over restarts, each time in the newest form of each piece. */
class Killed {
  own = norms();
  readonly #kept = new Map<string, NormRow>();
  readonly #known: Observation[] = [];

  take(observation: Observation): void {
    this.#known.push(take(this.own, observation));
  }

  /** What was recorded is stepped again, whether it was summed up before or not. */
  restart(written: boolean): void {
    // Now and then some pieces of them, and not the last.
    const pieces = written ? this.#known.length % 5 : 0;
    for (let n = 0; n < pieces; n++) {
      for (const row of this.own.takeRows(1)) this.#kept.set(`${row.kind} ${row.key}`, row);
    }
    this.own = norms();
    this.own.restore(JSON.parse(JSON.stringify([...this.#kept.values()])) as NormRow[]);
    for (const again of this.#known) take(this.own, again);
  }
}

function naive(made: readonly Charge[], principal: string, tomorrow: boolean): number {
  const counted = made.filter(
    (one) =>
      one.tool.startsWith('render_') && one.principal === principal && one.hours >= 24 === tomorrow,
  );
  return 5 * counted.length;
}

function summed(own: Norms, principal: string, tomorrow: boolean): number {
  const sinceMs = TODAY_MS + (tomorrow ? DAY_MS : 0);
  const states = own.budgets.views(sinceMs).find(({ name }) => name === 'daily')?.states ?? [];
  return (
    states.find((one) => one.group.principal === principal && one.sinceMs === sinceMs)?.spent ?? 0
  );
}

verifies('budget:exact', () => {
  const stops = fc.array(fc.nat({ max: 60 }), { maxLength: 3 });
  fc.assert(
    fc.property(fc.array(CHARGE, { maxLength: 60 }), stops, (made, stopsAt) => {
      const hub = new Killed();
      for (const [i, { hours, ...calling }] of made.entries()) {
        hub.take(asked({ ...calling, atMs: TODAY_MS + hours * 3_600_000 }));
        if (stopsAt.includes(i)) hub.restart(i % 2 === 0);
      }
      for (const principal of ['p1', 'p2']) {
        for (const tomorrow of [false, true])
          expect(summed(hub.own, principal, tomorrow)).toBe(naive(made, principal, tomorrow));
      }
    }),
    { numRuns: 100 },
  );
});

describe('a budgets file', () => {
  const refused = (text: string): string => {
    try {
      parseBudgets(text, 'b.yml');
      return 'taken';
    } catch (error) {
      return error instanceof CodedError ? `${error.code} ${error.detail}` : String(error);
    }
  };

  it.each([
    ['budgets: {}', '1:10: `budgets` is a list'],
    ['budget: []', '1:1: unknown key “budget”; did you mean “budgets”?'],
    ['budgets:\n  - { name: A, limit: 1 }', '2:13: `name` is small letters, digits and hyphens'],
    ['budgets:\n  - { name: a }', '2:5: `limit` is missing'],
    ['budgets:\n  - { name: a, limit: -1 }', '2:23: an amount is a number from 0 to 1000000000'],
    ['budgets:\n  - { name: a, limit: .nan }', '2:23: an amount is a number from 0 to 1000000000'],
    ['budgets:\n  - { name: a, limit: 1, action: stop }', '2:34: `action` is alert, ask, deny'],
    ['budgets:\n  - { name: a, limit: 1, window: 0d }', '2:34: `window` is a number and m, h or d'],
    ['budgets:\n  - { name: a, limit: 1, of: [agent] }', '2:31: `of` lists session, principal'],
    ['budgets:\n  - { name: a, limit: 1 }\n  - { name: a, limit: 2 }', 'two budgets “a”'],
    ['costs:\n  - { tool: x }', '2:5: a cost has `call`, `usage` or both'],
    ['costs:\n  - { call: 1, usage: { tokens: 1 } }', 'unknown key “tokens”'],
    ['costs:\n  - { call: 1, labels: [dear] }', '2:25: unknown label “dear”'],
    ['costs: [', '1:'],
  ])('with an error is refused, with its place: %s', (text, message) => {
    expect(refused(text)).toContain('BUDGETS_INVALID b.yml:');
    expect(refused(text)).toContain(message);
  });

  it('may be empty', () => {
    expect(parseBudgets('', 'b.yml')).toEqual({ costs: [], budgets: [] });
  });
});

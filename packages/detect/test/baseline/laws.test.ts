import type { BaselineView, Observation } from '@spoor/core';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { Baselines, type NormRow, Norms } from '../../src/index.ts';
import { START_MS } from '../support/scenario.ts';
import { call } from './calls.ts';

const OPTIONS = { lockThemselves: true, calls: 30, spanMs: 3_600_000 };
const NEVER = { lockThemselves: false, calls: 1, spanMs: 0 };

const LEAF = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.string({ minLength: 300, maxLength: 600 }),
);
/** Now and then a map with many names; all of them together fit into the limits. */
const many = (letter: string, values: fc.Arbitrary<unknown>, maxKeys: number) =>
  fc.dictionary(
    fc.integer({ min: 0, max: 90 }).map((n) => `${letter}${n}`),
    values,
    { maxKeys },
  );
const ARGS = fc.record(
  {
    to: LEAF,
    query: fc.oneof(LEAF, fc.array(LEAF, { maxLength: 2 })),
    headers: many('h', LEAF, 30),
    deep: fc.record({ left: many('l', LEAF, 20), right: many('r', LEAF, 3) }),
  },
  { requiredKeys: [] },
);
const CALL = fc.record({
  args: ARGS,
  tool: fc.constantFrom('search', 'send'),
  principal: fc.constantFrom('p1', 'p2'),
  waitMs: fc.integer({ min: 0, max: 900_000 }),
});
type Made = typeof CALL extends fc.Arbitrary<infer Value> ? Value : never;

/** At the times that the calls of a stream have. */
function stream(made: readonly Made[]): readonly Observation[] {
  let atMs = START_MS;
  return made.map(({ args, tool, principal, waitMs }) => {
    atMs += waitMs;
    return call(args, { tool, principal, atMs });
  });
}

/** Without what the order of the calls is about. */
function learnedSet(view: BaselineView | undefined): unknown {
  const { late: _, by, paths = [], firstMs: __, lastMs: ___, ...rest } = view ?? { by: [] };
  return {
    ...rest,
    paths: paths.map(({ firstCall: ____, firstMs: _____, ...path }) => path),
    by: by.map(({ principal, calls, hours }) => [principal, calls, hours]).sort(),
  };
}

const allOf = ({ baselines }: Norms): unknown => {
  baselines.markAll();
  const rows = baselines.takeRows(Number.MAX_SAFE_INTEGER);
  return [...rows].sort((a, b) => (a.key < b.key ? -1 : 1));
};

const FIRST = { first: true, suspect: false };

/** What is kept over restarts, each time in the newest form of each piece. */
class Killed {
  norms = new Norms(OPTIONS);
  readonly #kept = new Map<string, NormRow>();
  readonly #known: Observation[] = [];

  take(observation: Observation): void {
    this.#known.push(observation);
    this.norms.take(observation, FIRST);
  }

  /** With so many pieces written; what is known already is stepped again and changes nothing. */
  restart(pieces: number): void {
    for (let n = 0; n < pieces; n++) {
      for (const row of this.norms.takeRows(1)) this.#kept.set(`${row.kind} ${row.key}`, row);
    }
    this.norms = new Norms(OPTIONS);
    this.norms.restore(JSON.parse(JSON.stringify([...this.#kept.values()])) as NormRow[]);
    for (const again of this.#known) this.norms.take(again, FIRST);
  }
}

describe('laws', () => {
  verifies(
    'baseline:order',
    () => {
      const shuffled = fc
        .array(CALL, { maxLength: 60 })
        .chain((made) =>
          fc.tuple(
            fc.constant(made),
            fc.shuffledSubarray([...made.keys()], { minLength: made.length }),
          ),
        );
      fc.assert(
        fc.property(shuffled, ([made, order]) => {
          const observations = stream(made);
          const [one, other] = [new Baselines(NEVER), new Baselines(NEVER)];
          for (const observation of observations) one.take(observation, true);
          for (const i of order) other.take(observations[i] as Observation, true);
          for (const tool of ['search', 'send']) {
            expect(learnedSet(other.show('mail', tool))).toEqual(
              learnedSet(one.show('mail', tool)),
            );
          }
        }),
        { numRuns: 60 },
      );
    },
    { timeoutMs: 60_000 },
  );

  verifies(
    'baseline:order',
    () => {
      const made = Array.from({ length: 66 }, (_, i) =>
        call({ rows: { [`h${i}`]: { [`a${i}`]: 1, b: 'x'.repeat(i) } } }),
      );
      const [one, other] = [new Baselines(NEVER), new Baselines(NEVER)];
      for (const observation of made) one.take(observation, true);
      for (const observation of made.toReversed()) other.take(observation, true);
      const view = one.show('mail', 'send_email');
      expect(view?.paths.map(({ path }) => path)).toEqual(['rows', 'rows.*', 'rows.*.*']);
      expect(learnedSet(other.show('mail', 'send_email'))).toEqual(learnedSet(view));
    },
    { case: 'maps in maps' },
  );

  verifies(
    'baseline:restart',
    () => {
      const stops = fc.array(fc.nat({ max: 80 }), { maxLength: 3 });
      fc.assert(
        fc.property(fc.array(CALL, { maxLength: 80 }), stops, (made, stopsAt) => {
          const whole = new Norms(OPTIONS);
          const killed = new Killed();
          for (const [i, observation] of stream(made).entries()) {
            expect(killed.norms.of(observation)).toEqual(whole.of(observation));
            whole.take(observation, FIRST);
            killed.take(observation);
            if (stopsAt.includes(i)) killed.restart(i % 7);
          }
          expect(allOf(killed.norms)).toEqual(allOf(whole));
        }),
        { numRuns: 60 },
      );
    },
    { timeoutMs: 60_000 },
  );
});

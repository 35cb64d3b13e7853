import { LIMITS, type Observation } from '@spoor/core';
import { describe, expect, it } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { type BaselineOptions, type BaselineRow, Baselines } from '../../src/index.ts';
import { START_MS } from '../support/scenario.ts';
import { call, news } from './calls.ts';

const HOUR_MS = 3_600_000;
const BY_HAND: BaselineOptions = { lockThemselves: false, calls: 1, spanMs: 0 };
const MAIL = { to: 'ann@acme.example', subject: 'hello', body: 'a short text' };

function learned(observations: readonly Observation[], options = BY_HAND): Baselines {
  const baselines = new Baselines(options);
  for (const one of observations) baselines.take(one, true);
  return baselines;
}

const locked = (observations: readonly Observation[]): Baselines => {
  const baselines = learned(observations);
  baselines.lock('mail', 'send_email', START_MS);
  return baselines;
};

const allOf = (baselines: Baselines): readonly BaselineRow[] => {
  baselines.markAll();
  return baselines.takeRows(Number.MAX_SAFE_INTEGER);
};

const often = (times: number, args: unknown, everyMs = HOUR_MS): readonly Observation[] =>
  Array.from({ length: times }, (_, i) => call(args, { atMs: START_MS + i * everyMs }));

describe('a locked baseline', () => {
  verifies('baseline:deviations', () => {
    const baselines = locked(often(48, MAIL));
    const atMs = START_MS + 48 * HOUR_MS;
    const told = (args: object) => news(baselines.compare(call({ ...MAIL, ...args }, { atMs })));
    expect(told({})).toEqual({});
    expect(told({ bcc: 'x' })).toMatchObject({ newKeys: ['bcc'] });
    expect(told({ subject: 7 })).toEqual({ newTypes: ['subject:number'] });
    expect(told({ subject: null })).toEqual({});
    expect(told({ body: 'x'.repeat(2_560) })).toEqual({
      size: { path: 'body', bytes: 2_560, factor: 10 },
    });
    expect(told({ to: 'bob@acme.example' })).toEqual({});
    expect(told({ to: 'ann@drop.example' })).toEqual({
      newDestinations: 1,
      destinationNovelty: 0.02,
    });
  });

  it('takes nothing in', () => {
    const baselines = locked(often(3, MAIL));
    const strange = call({ ...MAIL, bcc: 'x@drop.example' });
    const before = baselines.show('mail', 'send_email');
    for (let i = 0; i < 5; i++) baselines.take(strange, true);
    expect(baselines.show('mail', 'send_email')).toEqual(before);
    expect(news(baselines.compare(strange)).newKeys).toEqual(['bcc']);
  });

  it('tells one new object, and not each of its members', () => {
    const baselines = locked(often(1, MAIL));
    const args = { ...MAIL, extra: { deep: { deeper: 1 } }, list: [{ a: 1 }] };
    expect(news(baselines.compare(call(args))).newKeys).toEqual(['extra', 'list']);
  });

  it('tells a rate, by principal', () => {
    const baselines = locked(often(30, MAIL, 6_000));
    const burst = (i: number, principal: string): Observation =>
      call(MAIL, { principal, atMs: START_MS + 10 * HOUR_MS + i * 100 });
    for (let i = 0; i < 49; i++) {
      baselines.take(burst(i, 'p1'), true);
      baselines.take(burst(i, 'stranger'), true);
    }
    const told = baselines.compare(burst(50, 'p1'))?.rate;
    expect(told?.perMinute).toBe(50);
    expect(told?.factor).toBeGreaterThan(4);
    // Of whom nothing was learned, nothing is compared.
    expect(baselines.compare(burst(50, 'stranger'))?.rate).toBeUndefined();
  });

  it('tells an hour only where more than a day was seen, and never one beside a usual one', () => {
    const office = (day: number) =>
      [9, 11, 15].map((hour) =>
        call(MAIL, { atMs: (20_000 + day) * 24 * HOUR_MS + hour * HOUR_MS }),
      );
    const at = (hour: number): Observation =>
      call(MAIL, { atMs: 20_009 * 24 * HOUR_MS + hour * HOUR_MS });
    const known = locked([0, 1, 2, 3].flatMap(office));
    expect([9, 10, 12, 16].map((hour) => known.compare(at(hour))?.unusualHour)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(known.compare(at(3))?.unusualHour).toBe(3);
    expect(locked(office(0)).compare(at(3))?.unusualHour).toBeUndefined();
  });
});

describe('learning', () => {
  verifies('baseline:locks-itself', () => {
    const options = { lockThemselves: true, calls: 10, spanMs: 9 * HOUR_MS };
    const soon = learned(often(50, MAIL, 1_000), options);
    expect(soon.list()).toMatchObject([{ state: 'learning', calls: 50 }]);
    const few = learned(often(9, MAIL, 2 * HOUR_MS), options);
    expect(few.list()).toMatchObject([{ state: 'learning' }]);
    const enough = learned(often(12, MAIL), options);
    expect(enough.list()).toMatchObject([{ state: 'locked', calls: 10 }]);
    expect(enough.takeLocked()).toEqual([{ server: 'mail', tool: 'send_email', calls: 10 }]);
    expect(enough.takeLocked()).toEqual([]);
  });

  it('goes on where it is asked to, with what it knows or from nothing', () => {
    const options = { lockThemselves: true, calls: 10, spanMs: 0 };
    const baselines = learned(often(10, MAIL), options);
    baselines.relearn('mail', 'send_email', { forget: false, locksItself: true });
    expect(baselines.list()).toMatchObject([{ state: 'learning', calls: 10, keys: 3 }]);
    for (const one of often(10, { ...MAIL, cc: 'x' })) baselines.take(one, true);
    expect(baselines.list()).toMatchObject([{ state: 'locked', calls: 20, keys: 4 }]);
    baselines.relearn('mail', 'send_email', { forget: true, locksItself: false });
    expect(baselines.list()).toMatchObject([{ state: 'learning', calls: 0, keys: 0 }]);
    for (const one of often(50, MAIL)) baselines.take(one, true);
    expect(baselines.list()).toMatchObject([{ state: 'learning', locksItself: false, calls: 50 }]);
    expect(baselines.relearn('mail', 'nothing', { forget: true, locksItself: true })).toBe(false);
    expect(baselines.lock('mail', 'nothing', START_MS)).toBe(false);
  });

  verifies('baseline:poison', () => {
    const slow = often(40, MAIL).map((one, i) =>
      i % 10 === 9 ? call({ ...MAIL, bcc: 'x' }) : one,
    );
    const taught = learned(slow);
    expect(taught.list()[0]?.late).toEqual({ keys: [], destinations: 0 });
    const bcc = taught.show('mail', 'send_email')?.paths.find(({ path }) => path === 'bcc');
    expect(bcc).toMatchObject({ firstCall: 10, calls: 4 });
    const late = learned([...often(60, MAIL), call({ ...MAIL, bcc: 'x@drop.example' })]);
    expect(late.list()[0]?.late).toEqual({ keys: ['bcc'], destinations: 1 });
    const view = late.show('mail', 'send_email');
    expect(view?.paths.find(({ path }) => path === 'bcc')).toMatchObject({
      firstCall: 61,
      calls: 1,
    });
    // What a rule has matched on teaches nothing.
    const suspect = learned(often(3, MAIL));
    suspect.take(call({ ...MAIL, bcc: 'x' }), false);
    expect(suspect.list()).toMatchObject([{ calls: 3, keys: 3 }]);
  });

  it('compares nothing that a sensor without the hub has printed', () => {
    const baselines = locked(often(3, MAIL));
    const alone = { ...call({ ...MAIL, to: 'ann@drop.example' }), covered: false };
    expect(news(baselines.compare(alone))).toEqual({});
  });
});

describe('arguments outside of the schema', () => {
  const definitions = (...tools: readonly object[]): Observation => ({
    ...call({}),
    kind: 'tool.list',
    facts: { flows: [], definitions: { tools, partial: false } } as unknown as Observation['facts'],
  });
  const sum = { name: 'sum', argumentNames: ['a', 'b'], change: 'new' };
  const told = (baselines: Baselines, args: unknown) =>
    baselines.compare(call(args, { tool: 'sum' }))?.undeclaredKeys;

  it('are told before anything is learned', () => {
    const baselines = learned([definitions(sum)]);
    expect(told(baselines, { a: 1, b: { c: 2 } })).toBeUndefined();
    expect(told(baselines, { a: 1, notes: 'x', more: ['x'] })).toEqual(['notes', 'more']);
  });

  it('are not told where the schema is open, unknown or gone', () => {
    expect(told(learned([]), { x: 1 })).toBeUndefined();
    expect(told(learned([definitions({ ...sum, argumentNames: [] })]), { x: 1 })).toBeUndefined();
    const open = learned([definitions(sum), definitions({ ...sum, openArguments: true })]);
    expect(told(open, { x: 1 })).toBeUndefined();
    const odd = learned([definitions({ ...sum, argumentNames: ['a', 'grüße'] })]);
    expect(told(odd, { a: 1, grüße: 1 })).toBeUndefined();
  });
});

describe('limits', () => {
  verifies('baseline:bounded', () => {
    const baselines = new Baselines(BY_HAND);
    const plain = call({ a: 1 });
    const { request } = plain.facts;
    for (let n = 0; n < 10_000; n++) {
      const paths = Array.from({ length: 100 }, (_, i) => {
        return { path: `key-${100 * n + i}`, type: 'string', bytes: 3 } as const;
      });
      const destinations = [`${n}`.padStart(16, '0')];
      const facts = { flows: [], request: { ...request, paths, destinations } };
      const principal = { ...plain.principal, pseudonym: `p${n}` };
      baselines.take({ ...plain, principal, facts } as Observation, true);
    }
    const [one] = baselines.list();
    expect(one?.keys).toBe(LIMITS.baselinePathsMax);
    expect(one?.destinations).toBe(LIMITS.baselineDestinationsMax);
    expect(one?.principals).toBe(LIMITS.baselinePrincipalsMax);
    expect(one?.full).toBe(true);
    const left = 1_000_000 - LIMITS.baselinePathsMax;
    expect(baselines.counts.baselineDropped).toBeGreaterThanOrEqual(left);
    expect(JSON.stringify(allOf(baselines)).length).toBeLessThan(200_000);
    // What found no room is new, and not usual.
    expect(baselines.compare(call({ last: 1 }))?.newKeys).toEqual(['last']);
  });

  it('has no room for more tools, and says so', () => {
    const baselines = new Baselines(BY_HAND);
    for (let n = 0; n <= LIMITS.baselineToolsMax; n++) {
      const one = { ...call({}), tool: { name: `tool-${n}`, labels: [] } };
      baselines.take(one, true);
    }
    expect(baselines.counts).toEqual({
      baselines: LIMITS.baselineToolsMax,
      baselineDropped: 1,
    });
    expect(baselines.compare(call({}, { tool: 'another' }))?.state).toBe('untracked');
  });
});

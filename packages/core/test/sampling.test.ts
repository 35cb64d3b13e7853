import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verifies } from '../../../test/verifies.ts';
import { newTraceId, type TraceId } from '../src/ids.ts';
import type { Observation } from '../src/observation.ts';
import { systemRandom } from '../src/ports.ts';
import { type AlwaysReason, alwaysReason, baseSampler, SessionSampler } from '../src/sampling.ts';
import { FULL } from './observations.ts';

const traceIds = fc
  .bigInt({ min: 1n, max: 2n ** 128n - 1n })
  .map((n) => n.toString(16).padStart(32, '0') as TraceId);

describe('the base rate', () => {
  it('keeps its share of random traces', () => {
    const keeps = baseSampler(0.1);
    const n = 20_000;
    const kept = Array.from({ length: n }, () => newTraceId(systemRandom)).filter(keeps).length;
    // Six standard deviations of a binomial distribution.
    expect(Math.abs(kept - n / 10)).toBeLessThan(6 * Math.sqrt(n * 0.09));
  });

  it('keeps at a higher rate whatever a lower one keeps, and says the same each time', () => {
    const rates = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(rates, rates, traceIds, (a, b, trace) => {
        const lower = baseSampler(Math.min(a, b))(trace);
        expect(baseSampler(Math.min(a, b))(trace)).toBe(lower);
        if (lower) expect(baseSampler(Math.max(a, b))(trace)).toBe(true);
      }),
    );
  });

  it('is the comparison of 56 bits with a threshold', () => {
    fc.assert(
      fc.property(fc.double({ min: 2 ** -40, max: 1, noNaN: true }), traceIds, (rate, trace) => {
        const random = BigInt(`0x${trace}`) % 2n ** 56n;
        const threshold = BigInt(Math.round((1 - rate) * 2 ** 56));
        expect(baseSampler(rate)(trace)).toBe(random >= threshold);
      }),
    );
  });

  it('has ends: nothing, everything, and nothing for what is no rate', () => {
    const [least, most] = ['0'.repeat(31).concat('1') as TraceId, 'f'.repeat(32) as TraceId];
    expect([baseSampler(0)(most), baseSampler(-1)(most), baseSampler(Number.NaN)(most)]).toEqual([
      false,
      false,
      false,
    ]);
    expect([baseSampler(1)(least), baseSampler(2)(least)]).toEqual([true, true]);
  });
});

describe('what is always kept', () => {
  const { decision: _, tool: __, errorType: ___, ...bare } = FULL;
  const ORDINARY: Observation = { ...bare, outcome: 'ok' };
  const decided = { ...ALLOWED(), rule: 'r' };
  const cases: readonly [AlwaysReason | undefined, Observation, number][] = [
    [undefined, ORDINARY, 0],
    [undefined, { ...ORDINARY, decision: ALLOWED() }, 0],
    [undefined, { ...ORDINARY, outcome: 'input_required' }, 0],
    ['denial', { ...ORDINARY, decision: { ...decided, action: 'deny', wanted: 'deny' } }, 1],
    // In observe nothing is denied, and what would have been is kept as if it was.
    ['denial', { ...ORDINARY, decision: { ...decided, wanted: 'deny' } }, 1],
    ['denial', { ...ORDINARY, outcome: 'denied' }, 0],
    ['detection', ORDINARY, 1],
    ['detection', { ...ORDINARY, decision: { ...decided, action: 'ask' } }, 0],
    ['auth-failure', { ...ORDINARY, outcome: 'protocol_error', errorType: '401' }, 0],
    ['auth-failure', { ...ORDINARY, outcome: 'protocol_error', errorType: 'forbidden' }, 0],
    ['error', { ...ORDINARY, outcome: 'protocol_error', errorType: '-32602' }, 0],
    ['error', { ...ORDINARY, outcome: 'tool_error' }, 0],
    ['error', { ...ORDINARY, outcome: 'timeout' }, 0],
    ['unverified-sensitive', { ...ORDINARY, tool: { name: 't', labels: ['egress'] } }, 0],
    [undefined, { ...ORDINARY, tool: { name: 't', labels: ['reads-pii'] } }, 0],
    [
      undefined,
      {
        ...ORDINARY,
        tool: { name: 't', labels: ['egress'] },
        principal: { ...FULL.principal, level: 'verified' },
      },
      0,
    ],
  ];
  it.each(cases)('%s', (reason, observation, detections) => {
    expect(alwaysReason(observation, detections)).toBe(reason);
  });

  function ALLOWED(): NonNullable<Observation['decision']> {
    return { action: 'allow', wanted: 'allow', rule: '', reason: '', mode: 'observe', by: 'hub' };
  }
});

/** One of the least and one of the most random traces: dropped and kept at any middle rate. */
const LOW = `${'a'.repeat(18)}${'0'.repeat(13)}1` as TraceId;
const HIGH = `${'a'.repeat(18)}${'f'.repeat(14)}` as TraceId;

describe('a session', () => {
  verifies(
    'sampling:session',
    () => {
      const sampler = new SessionSampler<number>(0.01);
      for (let i = 0; i < 5; i++) sampler.offer({ session: 's', trace: LOW, item: i });
      sampler.offer({ session: 'other', trace: LOW, item: 99 });
      const found = sampler.offer({ session: 's', trace: LOW, item: 5, always: 'detection' });
      expect(found).toEqual({
        sampling: { keep: true, reason: 'detection' },
        past: [0, 1, 2, 3, 4],
      });
      expect(sampler.offer({ session: 's', trace: LOW, item: 6 })).toEqual({
        sampling: { keep: true, reason: 'session' },
        past: [],
      });
      expect(sampler.offer({ session: 'other', trace: LOW, item: 7 }).sampling.keep).toBe(false);
      expect(sampler.held).toBe(2);
    },
    { case: 'the sampler' },
  );

  it('is not kept for an error alone', () => {
    const sampler = new SessionSampler<number>(0.01);
    sampler.offer({ session: 's', trace: LOW, item: 1 });
    const failed = sampler.offer({ session: 's', trace: LOW, item: 2, always: 'error' });
    expect(failed).toEqual({ sampling: { keep: true, reason: 'error' }, past: [] });
    expect(sampler.offer({ session: 's', trace: LOW, item: 3 }).sampling.keep).toBe(false);
  });

  it('hands nothing out twice, and nothing after its end', () => {
    const sampler = new SessionSampler<number>(0.01);
    sampler.offer({ session: 's', trace: LOW, item: 1 });
    expect(sampler.keepSession('s')).toEqual([1]);
    expect(sampler.keepSession('s')).toEqual([]);
    sampler.end('s');
    expect(sampler.offer({ session: 's', trace: LOW, item: 2 }).sampling.keep).toBe(false);
    sampler.end('s');
    expect(sampler.keepSession('s')).toEqual([]);
    expect(sampler.counts).toEqual({ evicted: 0, forgotten: 0 });
  });
});

verifies(
  'trust:flags',
  () => {
    const sampler = new SessionSampler<number>(0.5);
    const at = (trace: TraceId, sampledHint?: boolean): unknown =>
      sampler.offer({ session: 's', trace, item: 0, sampledHint }).sampling;
    expect(at(LOW)).toEqual({ keep: false, reason: 'base' });
    expect(at(HIGH)).toEqual({ keep: true, reason: 'base' });
    expect(at(LOW, true)).toEqual({ keep: true, reason: 'peer' });
    expect(at(HIGH, false)).toEqual({ keep: false, reason: 'peer' });
    // A hint is no more than that: what must be kept is kept.
    const always = sampler.offer({
      session: 's',
      trace: LOW,
      item: 1,
      sampledHint: false,
      always: 'error',
    });
    expect(always.sampling).toEqual({ keep: true, reason: 'error' });
  },
  { case: 'a trusted hint adds or takes ordinary spans only' },
);

describe('limits of the sampler', () => {
  it('lets go of the oldest of a session that is too long, and counts it', () => {
    const sampler = new SessionSampler<number>(0, { heldPerSession: 3 });
    for (let i = 0; i < 5; i++) sampler.offer({ session: 's', trace: LOW, item: i });
    expect(sampler.counts.evicted).toBe(2);
    expect(sampler.keepSession('s')).toEqual([2, 3, 4]);
  });

  it('forgets the longest idle of too many kept sessions, and counts it', () => {
    const sampler = new SessionSampler<number>(0, { keptSessions: 2 });
    sampler.keepSession('a');
    sampler.keepSession('b');
    sampler.offer({ session: 'a', trace: LOW, item: 0 });
    sampler.keepSession('c');
    expect(sampler.counts.forgotten).toBe(1);
    const kept = ['a', 'b', 'c'].map(
      (session) => sampler.offer({ session, trace: LOW, item: 0 }).sampling.keep,
    );
    expect(kept).toEqual([true, false, true]);
  });

  verifies('sampling:noise', () => {
    const offers = fc.array(fc.nat(9), { maxLength: 300 });
    fc.assert(
      fc.property(offers, fc.integer({ min: 1, max: 60 }), (sessions, held) => {
        const sampler = new SessionSampler<number>(0, { held });
        const offered = new Map<number, number[]>();
        for (const [item, session] of sessions.entries()) {
          offered.set(session, [...(offered.get(session) ?? []), item]);
          sampler.offer({ session: `s${session}`, trace: LOW, item });
          expect(sampler.held).toBeLessThanOrEqual(held);
        }
        expect(sampler.held + sampler.counts.evicted).toBe(sessions.length);
        // Nobody is cut below an equal share by what others do, and what stays is the newest.
        const share = Math.floor(held / offered.size);
        for (const [session, items] of offered) {
          const past = sampler.keepSession(`s${session}`);
          expect(past.length).toBeGreaterThanOrEqual(Math.min(items.length, share));
          expect(past).toEqual(items.slice(items.length - past.length));
        }
      }),
      { numRuns: 300 },
    );
  });
});

/** All that the sampler may be asked, against one that remembers everything. */
describe('the sampler', () => {
  it('is the naive one within its limits', () => {
    const offers = fc.array(
      fc.record({
        session: fc.constantFrom('a', 'b', 'c'),
        trace: fc.constantFrom(LOW, HIGH),
        always: fc.constantFrom(undefined, undefined, undefined, 'error', 'denial') as fc.Arbitrary<
          AlwaysReason | undefined
        >,
      }),
      { maxLength: 100 },
    );
    fc.assert(
      fc.property(offers, (all) => {
        const sampler = new SessionSampler<number>(0.5);
        const kept = new Set<number>();
        for (const [item, offer] of all.entries()) {
          const { sampling, past } = sampler.offer({ ...offer, item });
          for (const one of sampling.keep ? [...past, item] : past) {
            expect(kept.has(one)).toBe(false);
            kept.add(one);
          }
        }
        const hit = new Set(all.filter((o) => o.always === 'denial').map((o) => o.session));
        const wanted = all.flatMap((offer, i) => {
          const keeps = hit.has(offer.session) || offer.always === 'error' || offer.trace === HIGH;
          return keeps ? [i] : [];
        });
        expect([...kept].sort((a, b) => a - b)).toEqual(wanted);
      }),
    );
  });
});

const KINDS = ['denial', 'detection', 'error', 'auth-failure', 'unverified-sensitive'] as const;

verifies('sampling:security', () => {
  const CALLS = 10_000;
  const EVENTS = 200;
  const SESSIONS = 400;
  const traces = Array.from({ length: SESSIONS }, () => newTraceId(systemRandom));
  const sampler = new SessionSampler<number>(0.01);
  const exported = new Set<number>();
  const take = ({ sampling, past }: ReturnType<typeof sampler.offer>, item: number): void => {
    for (const one of past) exported.add(one);
    if (sampling.keep) exported.add(item);
  };
  const events = new Map<number, AlwaysReason>();
  const sessionOf = (i: number): number => (Math.imul(i, 0x9e3779b1) >>> 8) % SESSIONS;
  let noise = 0;
  for (let i = 0; i < CALLS; i++) {
    const kind = i % (CALLS / EVENTS) === 17 ? KINDS[events.size % KINDS.length] : undefined;
    if (kind !== undefined) events.set(i, kind);
    const session = sessionOf(i);
    const trace = traces[session] as TraceId;
    take(sampler.offer({ session: `s${session}`, trace, item: i, always: kind }), i);
    // Thirty noisy sessions beside them, twenty calls for each of ours.
    for (let n = 0; n < 20; n++) {
      const item = -1 - noise;
      noise += 1;
      const noisy = sampler.offer({ session: `noise${noise % 30}`, trace: LOW, item });
      expect(noisy.sampling.keep).toBe(false);
    }
  }
  expect(events.size).toBe(EVENTS);
  expect([...events.keys()].filter((item) => !exported.has(item))).toEqual([]);

  const detected = new Set(
    [...events]
      .filter(([, kind]) => kind === 'denial' || kind === 'detection')
      .map(([i]) => sessionOf(i)),
  );
  const calls = Array.from({ length: CALLS }, (_, i) => i);
  const ofDetected = calls.filter((i) => detected.has(sessionOf(i)));
  expect(ofDetected.length).toBeGreaterThan(1_000);
  expect(ofDetected.filter((i) => !exported.has(i))).toEqual([]);

  // The rest is what the rate leaves: whole traces, one in a hundred.
  const rest = calls.filter((i) => !detected.has(sessionOf(i)) && !events.has(i));
  const base = rest.filter((i) => exported.has(i));
  expect(new Set(base.map(sessionOf)).size).toBeLessThan(0.05 * SESSIONS);
  // The noise was more than fits, and it alone has paid.
  expect(sampler.counts.evicted).toBeGreaterThan(100_000);
  expect(exported.size).toBeLessThan(CALLS);
});

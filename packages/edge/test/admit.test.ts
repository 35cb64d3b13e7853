import { CodedError, LABELS, LIMITS } from '@spoor/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { admitBySchema, admitRequest } from '../src/admit.ts';
import { isPlainObserved } from '../src/admit-plain.ts';
import { HELLO, OBSERVED, REQUEST, SENSED } from './messages.ts';

/** 'none', or the code and what it names. */
function refusal(json: unknown): string {
  try {
    admitRequest(json);
    return 'none';
  } catch (error) {
    return error instanceof CodedError ? `${error.code} ${error.detail}` : `threw ${String(error)}`;
  }
}

const sampled = (arbitrary: fc.Arbitrary<object>): Record<string, unknown> =>
  JSON.parse(JSON.stringify(fc.sample(arbitrary, { numRuns: 1, seed: 7 })[0])) as Record<
    string,
    unknown
  >;

/** The same value with one more member in every object. */
function withExtra(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withExtra);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, item]) => [name, withExtra(item)]);
  return Object.fromEntries([...entries, ['fromTomorrow', { big: 'x' }], ['__proto__', { a: 1 }]]);
}

/** The value with something else at the n-th place of its tree, and the rest as it was. */
function replaceAt(value: unknown, place: number, by: unknown): unknown {
  let left = place;
  const walk = (node: unknown): unknown => {
    if (left-- === 0) return by;
    if (Array.isArray(node)) return node.map(walk);
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(Object.entries(node).map(([name, item]) => [name, walk(item)]));
  };
  return walk(value);
}

describe('admitRequest', () => {
  it('lets valid messages pass unchanged', () => {
    fc.assert(
      fc.property(REQUEST, (request) => {
        expect(admitRequest(request)).toEqual(request);
      }),
    );
  });

  it('drops unknown members wherever they stand', () => {
    fc.assert(
      fc.property(REQUEST, (request) => {
        const admitted = admitRequest(withExtra(request));
        expect(admitted).toEqual(request);
        expect(JSON.stringify(admitted)).not.toContain('fromTomorrow');
      }),
    );
  });

  it('throws nothing but WIRE_INVALID on arbitrary JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        expect(refusal(json)).toMatch(/^WIRE_INVALID /);
      }),
    );
  });

  it('throws nothing but WIRE_INVALID on one wrong thing, and never repeats it', () => {
    const junk = fc.oneof(
      fc.jsonValue(),
      fc.constant('Ωcanary'),
      fc.constant({ print: 'Ωcanary' }),
    );
    fc.assert(
      fc.property(REQUEST, fc.nat(60), junk, (request, place, by) => {
        const found = refusal(replaceAt(request, place, by));
        expect(found).toMatch(/^(none|WIRE_INVALID .*)$/);
        expect(found).not.toContain('canary');
      }),
    );
  });

  it('names the member that is wrong', () => {
    const hello = sampled(HELLO);
    expect(refusal({ ...hello, host: { ...(hello.host as object), uid: 'root' } })).toBe(
      'WIRE_INVALID member host.uid',
    );
    expect(refusal('hello')).toBe('WIRE_INVALID not a request');
    expect(refusal({ op: 'shutdown', id: 1 })).toBe('WIRE_INVALID member op');
  });
});

const observed = (change: object): object => ({
  ...sampled(OBSERVED),
  observation: { ...sampled(SENSED), ...change },
});

const ATOM = { print: '0123456789abcdef', kind: 'value', at: 'to' };
const FACTS = {
  bytes: 1,
  depth: 1,
  paths: [],
  classes: [],
  externalDestinations: 0,
  instructionLike: false,
  hiddenText: false,
  digest: '01234567',
  atoms: [ATOM],
  truncated: false,
};
const request = (change: object): object => observed({ request: { ...FACTS, ...change } });
const TOOL = {
  name: 't',
  digest: '01234567',
  labels: [],
  argumentNames: [],
  hiddenText: false,
  instructionLike: false,
};
const tool = (change: object, times: number = 1): object =>
  observed({
    definitions: {
      tools: Array.from({ length: times }, () => ({ ...TOOL, ...change })),
      partial: false,
    },
  });
const many = (length: number, item: unknown): unknown[] => Array.from({ length }, () => item);

describe('limits of admitRequest', () => {
  const path = { path: 'a', type: 'string', bytes: 1 };
  const { atomsMax, argumentPathsMax, toolsPerServerMax, projectionCharsMax } = LIMITS;

  it.each<[string, object, object]>([
    [
      'atoms',
      request({ atoms: many(atomsMax, ATOM) }),
      request({ atoms: many(atomsMax + 1, ATOM) }),
    ],
    [
      'paths',
      request({ paths: many(argumentPathsMax, path) }),
      request({ paths: many(argumentPathsMax + 1, path) }),
    ],
    [
      'projection',
      request({ projection: 'x'.repeat(projectionCharsMax) }),
      request({ projection: 'x'.repeat(projectionCharsMax + 1) }),
    ],
    ['tools', tool({}, toolsPerServerMax), tool({}, toolsPerServerMax + 1)],
    ['labels', tool({ labels: LABELS }), tool({ labels: many(LABELS.length + 1, 'egress') })],
    ['tool name', observed({ tool: 'x'.repeat(128) }), observed({ tool: 'x'.repeat(129) })],
    ['method', observed({ method: 'x'.repeat(64) }), observed({ method: 'x'.repeat(65) })],
  ])('%s: at the limit yes, beyond it no', (_, within, beyond) => {
    expect(refusal(within)).toBe('none');
    expect(refusal(beyond)).toMatch(/^WIRE_INVALID member observation/);
  });

  it('hold for atoms, which are read by hand', () => {
    for (const change of [
      { print: '0123456789ABCDEF' },
      { print: '0123' },
      { kind: 'secret' },
      { at: 'x'.repeat(257) },
      { at: undefined },
      { destination: 'yes' },
      { instructionLike: 1 },
      { class: 'anything' },
    ]) {
      const found = refusal(request({ atoms: [{ ...ATOM, ...change }] }));
      expect(found, JSON.stringify(change)).toBe('WIRE_INVALID member observation.request.atoms');
    }
    for (const atoms of [[null], ['x'], [[]], {}, 'x']) {
      expect(refusal(request({ atoms }))).toMatch(/^WIRE_INVALID/);
    }
  });

  it('hold for ids of traces, which are never all zeros', () => {
    expect(refusal(observed({ span: '0'.repeat(16) }))).toMatch(/^WIRE_INVALID/);
    const traceparent = { trace: '0'.repeat(32), parent: '1'.repeat(16) };
    expect(refusal(observed({ traceparent }))).toMatch(/^WIRE_INVALID/);
  });

  it('hold for numbers that JSON can write and nothing can count', () => {
    for (const bytes of [-1, 1.5, 2 ** 53, Number.POSITIVE_INFINITY]) {
      expect(refusal(request({ bytes })), String(bytes)).toMatch(/^WIRE_INVALID/);
    }
    expect(refusal(observed({ startMs: Number.POSITIVE_INFINITY }))).toMatch(/^WIRE_INVALID/);
  });
});

describe('what is plain', () => {
  const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
  /** Members that the shorter way leaves to the schema. */
  const RARE = ['resource', 'prompt', 'link', 'sampledHint', 'refused', 'definitions', 'cluster'];

  it('is what the schema would let pass as it is', () => {
    const junk = fc.oneof(
      fc.jsonValue(),
      fc.constant(''),
      fc.constant(0),
      fc.constant(Number.POSITIVE_INFINITY),
    );
    fc.assert(
      fc.property(OBSERVED, fc.nat(90), fc.option(junk), fc.boolean(), (sent, place, by, quiet) => {
        const request = asJson(quiet ? { ...sent, quiet } : sent);
        const json = by === null ? request : replaceAt(request, place, by);
        if (isPlainObserved(json)) expect(admitBySchema(json)).toEqual(json);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is all that has no rare member, and nothing that has an unknown one', () => {
    fc.assert(
      fc.property(OBSERVED, (sent) => {
        const request = asJson(sent) as { readonly observation: object };
        const names = Object.keys(request.observation);
        const isRare = names.some((name) => [...RARE, 'decidedAlone'].includes(name));
        expect(isPlainObserved(request)).toBe(!isRare);
        expect(isPlainObserved(withExtra(request))).toBe(false);
      }),
    );
  });
});

import { CodedError, LIMITS } from '@spoor/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cpuMs } from '../../../../test/times.ts';
import { verifies } from '../../../../test/verifies.ts';
import { type DecodedTraces, decodeTraces } from '../../src/otlp/decode.ts';
import {
  encode,
  type JsonAny,
  type JsonAttribute,
  type JsonRequest,
  type JsonSpan,
  oracle,
} from './messages.ts';
import { REQUEST_ARBITRARY, request, span } from './requests.ts';

const json = (of: unknown): Buffer => Buffer.from(JSON.stringify(of));
const fromProtobuf = (of: JsonRequest): DecodedTraces => decodeTraces(encode(of), 'protobuf');
const fromJson = (of: unknown): DecodedTraces => decodeTraces(json(of), 'json');
/** Objects without a prototype equal those with one. */
const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, inner: unknown) => (inner === Infinity ? 'inf' : inner)));

const NOTHING_DROPPED = { spans: 0, attributes: 0, cut: 0, events: 0 };

function codeOf(act: () => unknown): string {
  try {
    act();
    return 'none';
  } catch (error) {
    return error instanceof CodedError ? error.code : `not coded: ${String(error)}`;
  }
}

describe('a trace request', () => {
  it('gives the rows that protobufjs gives, in either encoding', () => {
    fc.assert(
      fc.property(REQUEST_ARBITRARY, (of) => {
        const bytes = encode(of);
        const { rows, dropped } = decodeTraces(bytes, 'protobuf');
        expect(dropped).toEqual(NOTHING_DROPPED);
        expect(plain(rows)).toEqual(plain(oracle(bytes)));
        expect(plain(fromJson(of))).toEqual(plain({ rows, dropped }));
      }),
      { numRuns: 300 },
    );
  });

  it('is read whatever the order of its fields, and whatever fields are new', () => {
    const bytes = encode(request(span()));
    const unknown = Buffer.from([0x98, 0x06, 0x01, 0xa2, 0x06, 0x02, 0xff, 0xff, 0xa9, 0x06]);
    const more = Buffer.concat([unknown, Buffer.alloc(8), Buffer.from([0xad, 0x06, 1, 2, 3, 4])]);
    const again = decodeTraces(Buffer.concat([more, bytes, more]), 'protobuf');
    expect(again).toEqual(decodeTraces(bytes, 'protobuf'));
    expect(fromJson({ more: [1, {}], ...request(span()) }).rows).toHaveLength(1);
  });

  it('takes what JSON may say in several ways', () => {
    const [row] = fromJson({
      resourceSpans: [
        {
          resource: null,
          scopeSpans: [
            {
              spans: [
                {
                  traceId: 'AB'.repeat(16),
                  spanId: 'CD'.repeat(8),
                  parentSpanId: '',
                  startTimeUnixNano: 1_790_000_000_000_000_000,
                  endTimeUnixNano: '1790000000000000000',
                  attributes: [
                    { key: 'number', value: { intValue: 12 } },
                    { key: 'text', value: { intValue: '-9223372036854775808' } },
                    { key: 'nan', value: { doubleValue: 'NaN' } },
                    { key: 'url-safe', value: { bytesValue: '-_8' } },
                    { key: 'none' },
                  ],
                },
              ],
            },
          ],
        },
      ],
    }).rows;
    expect(row).toMatchObject({ trace: 'ab'.repeat(16), span: 'cd'.repeat(8), parent: '' });
    expect(row?.attributes.map(({ value }) => value)).toEqual([
      12,
      '-9223372036854775808',
      Number.NaN,
      '+/8=',
      null,
    ]);
  });

  it('keeps the name __proto__ as data', () => {
    const value: JsonAny = {
      kvlistValue: { values: [{ key: '__proto__', value: { stringValue: 'x' } }] },
    };
    for (const { rows } of [
      fromProtobuf(request(span({ attributes: [{ key: '__proto__', value }] }))),
      fromJson(request(span({ attributes: [{ key: '__proto__', value }] }))),
    ]) {
      expect(JSON.stringify(rows[0]?.attributes)).toContain('{"__proto__":"x"}');
    }
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });
});

/** Both encodings, which must count alike. */
function both(of: JsonRequest): DecodedTraces {
  const decoded = fromProtobuf(of);
  expect(plain(fromJson(of))).toEqual(plain(decoded));
  return decoded;
}

const nested = (depth: number, kind: 'arrayValue' | 'kvlistValue'): JsonAny => {
  let value: JsonAny = { stringValue: 'innermost' };
  for (let at = 1; at < depth; at++) {
    value =
      kind === 'arrayValue'
        ? { arrayValue: { values: [value] } }
        : { kvlistValue: { values: [{ key: 'k', value }] } };
  }
  return value;
};

describe('the limits of a value', () => {
  it.each(['arrayValue', 'kvlistValue'] as const)('reads values as deep as allowed: %s', (kind) => {
    const attributes = (depth: number): JsonRequest =>
      request(span({ attributes: [{ key: 'deep', value: nested(depth, kind) }] }));
    const kept = both(attributes(LIMITS.otlpValueDepthMax));
    expect(JSON.stringify(kept.rows)).toContain('innermost');
    expect(kept.dropped).toEqual(NOTHING_DROPPED);
    const over = both(attributes(LIMITS.otlpValueDepthMax + 1));
    expect(over.dropped).toEqual({ ...NOTHING_DROPPED, attributes: 1 });
    expect(over.rows).toMatchObject([{ attributes: [], truncated: true }]);
  });

  it.each([
    ['one byte each', 'x'],
    ['two', 'ä'],
    ['three', '語'],
    ['four', '𒀀'],
  ])('cuts long texts between characters: %s', (_, character) => {
    const max = LIMITS.otlpValueBytesMax;
    const size = Buffer.byteLength(character);
    const texts = [`a${character.repeat(Math.floor((max - 1) / size))}`, character.repeat(max + 1)];
    const [whole, cut] = texts.map((stringValue) =>
      both(request(span({ attributes: [{ key: 'k', value: { stringValue } }] }))),
    );
    expect(whole?.dropped.cut).toBe(0);
    expect(cut?.dropped.cut).toBe(1);
    const kept = cut?.rows[0]?.attributes[0]?.value as string;
    expect(kept).toBe(character.repeat(Math.floor(max / size)));
  });

  it('cuts long names, messages and bytes', () => {
    const long = 'x'.repeat(LIMITS.otlpValueBytesMax + 1);
    const bytesValue = Buffer.alloc(LIMITS.otlpValueBytesMax + 1).toString('base64');
    const { dropped, rows } = both(
      request(
        span({
          name: long,
          status: { code: 2, message: long },
          attributes: [{ key: long, value: { bytesValue } }],
        }),
      ),
    );
    expect(dropped.cut).toBe(4);
    expect(rows[0]).toMatchObject({ name: long.slice(1), statusMessage: long.slice(1) });
  });

  it('ends lists of nothing', () => {
    const values: JsonAny[] = Array.from({ length: 3_000 }, () => ({}));
    const { rows, dropped } = both(
      request(span({ attributes: [{ key: 'k', value: { arrayValue: { values } } }] })),
    );
    expect(rows[0]?.attributes[0]?.value).toHaveLength(LIMITS.otlpValueBytesMax / 8);
    expect(dropped.cut).toBe(1);
  });
});

describe('the limits of a trace request', () => {
  it('keeps as many attributes as allowed, those of events with them', () => {
    const some = (count: number): JsonAttribute[] =>
      Array.from({ length: count }, (_, i) => ({ key: `k${i}`, value: { intValue: i } }));
    const max = LIMITS.otlpAttributesMax;
    expect(both(request(span({ attributes: some(max) }))).dropped).toEqual(NOTHING_DROPPED);
    const over = both(request(span({ attributes: some(max + 7) })));
    expect(over.dropped.attributes).toBe(7);
    expect(over.rows[0]?.attributes).toHaveLength(max);
    const events = [{ name: 'e', attributes: some(max) }];
    expect(both(request(span({ attributes: some(5), events }))).dropped.attributes).toBe(5);
  });

  it('keeps as many events and spans as allowed', () => {
    const events = Array.from({ length: LIMITS.otlpEventsMax + 3 }, () => ({
      name: 'e',
      attributes: [],
    }));
    const busy = both(request(span({ events })));
    expect(busy.dropped.events).toBe(3);
    expect(busy.rows[0]?.events).toHaveLength(LIMITS.otlpEventsMax);
    const spans = Array.from({ length: LIMITS.otlpSpansMax + 2 }, () => span());
    const many = both(request(...spans));
    expect(many.rows).toHaveLength(LIMITS.otlpSpansMax);
    expect(many.dropped.spans).toBe(2);
  });

  it.each<[string, Partial<JsonSpan>]>([
    ['a short trace id', { traceId: 'ab'.repeat(15) }],
    ['a long trace id', { traceId: 'ab'.repeat(17) }],
    ['a trace id of zeros', { traceId: '00'.repeat(16) }],
    ['no trace id', { traceId: '' }],
    ['a short span id', { spanId: 'ab'.repeat(7) }],
    ['a span id of zeros', { spanId: '00'.repeat(8) }],
    ['a long parent', { parentSpanId: 'ab'.repeat(9) }],
    ['no time', { startTimeUnixNano: '0' }],
    ['a time of another century', { startTimeUnixNano: '9000000000000000000' }],
  ])('rejects a span with %s and keeps the others', (_, wrong) => {
    const { rows, dropped } = both(request(span(), span(wrong), span()));
    expect(rows).toHaveLength(2);
    expect(dropped.spans).toBe(1);
  });

  it('takes a span that ends before it began as one without duration', () => {
    const [row] = both(request(span({ endTimeUnixNano: '1' }))).rows;
    expect(row?.endMs).toBe(row?.startMs);
  });
});

const HOSTILE: readonly (readonly [string, Buffer])[] = [
  ['a varint without end', Buffer.alloc(64, 0xff)],
  ['a length beyond the end', Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f])],
  ['a length over 32 bits', Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x7f])],
  ['field 0', Buffer.from([0x02, 0x00])],
  ['a group', Buffer.from([0x9b, 0x06, 0x9c, 0x06])],
  ['wire type 7', Buffer.from([0x9f, 0x06])],
  ['a known field of another type', Buffer.from([0x08, 0x01])],
];

describe('a bad trace request', () => {
  it.each(HOSTILE)('is refused: %s', (_, bytes) => {
    expect(codeOf(() => decodeTraces(bytes, 'protobuf'))).toBe('OTLP_INVALID');
  });

  it.each([
    '',
    '{',
    '[]',
    '"x"',
    '{"resourceSpans":{}}',
    '{"resourceSpans":[1]}',
    '{"resourceSpans":[],"resourceSpans":[]}',
    '{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":1}]}]}]}',
    '{"resourceSpans":[{"scopeSpans":[{"spans":[{"startTimeUnixNano":-1}]}]}]}',
    `{"resourceSpans":[{"resource":{"attributes":[{"value":{"intValue":"1e3"}}]}}]}`,
    `{"resourceSpans":[{"resource":{"attributes":[{"value":{"stringValue":"a","intValue":1}}]}}]}`,
    '['.repeat(100_000),
  ])('is refused as JSON: %.60s', (text) => {
    expect(codeOf(() => decodeTraces(Buffer.from(text), 'json'))).toBe('OTLP_INVALID');
  });
});

describe('a damaged trace request', () => {
  verifies('otlp:decoder', () => {
    let refused = 0;
    fc.assert(
      fc.property(DAMAGED, (bytes) => {
        const code = codeOf(() => decodeTraces(bytes, 'protobuf'));
        if (code === 'none') agrees(bytes);
        else refused += 1;
        expect(['none', 'OTLP_INVALID']).toContain(code);
      }),
      { numRuns: 3_000 },
    );
    expect(refused).toBeGreaterThan(300);
  });

  it('never surprises with bytes of any kind', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        for (const encoding of ['protobuf', 'json'] as const) {
          const code = codeOf(() => decodeTraces(Buffer.from(bytes), encoding));
          expect(['none', 'OTLP_INVALID']).toContain(code);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('never surprises with JSON of any kind', () => {
    const members = ['resourceSpans', 'scopeSpans', 'spans', 'attributes', 'value', 'arrayValue'];
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { depthSize: 'large' },
        fc.jsonValue({ maxDepth: 1 }),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...members), tie('tree'), { maxKeys: 3 }),
      ),
    }));
    fc.assert(
      fc.property(tree, (of) => {
        const code = codeOf(() => decodeTraces(json({ resourceSpans: of }), 'json'));
        expect(['none', 'OTLP_INVALID']).toContain(code);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is refused or read in linear time', () => {
    const before = cpuMs();
    const size = LIMITS.otlpInflatedBytesMax;
    // Empty groups, empty scopes, empty spans, empty attributes: two bytes each.
    for (const [first, second] of [
      [0x0a, 0],
      [0xff, 0xff],
      [0x12, 0],
    ] as const) {
      const bytes = Buffer.alloc(size, Buffer.from([first, second]));
      codeOf(() => decodeTraces(bytes, 'protobuf'));
      const length = Buffer.from([0x0a, 0xfb, 0xff, 0xff, 0x07]);
      codeOf(() => decodeTraces(Buffer.concat([length, bytes]).subarray(0, size), 'protobuf'));
    }
    expect(cpuMs() - before).toBeLessThan(5_000);
  });
});

type Flip = readonly [at: number, to: number];
type Insertion = readonly [at: number, bytes: Uint8Array];

/** Bytes of a good request with some of them changed, put in between, or cut off the end. */
const DAMAGED: fc.Arbitrary<Buffer> = fc
  .record({
    of: REQUEST_ARBITRARY,
    flips: fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }),
    insertions: fc.array(fc.tuple(fc.nat(), fc.uint8Array({ maxLength: 12 })), { maxLength: 1 }),
    cuts: fc.array(fc.nat(), { maxLength: 1 }),
  })
  .map(({ of, flips, insertions, cuts }) => {
    const flipped = flips.reduce(flip, encode(of));
    const grown = insertions.reduce(insert, flipped);
    return cuts.reduce((bytes, at) => bytes.subarray(0, at % (bytes.length + 1)), grown);
  });

function flip(bytes: Buffer, [at, to]: Flip): Buffer {
  if (bytes.length > 0) bytes[at % bytes.length] = to;
  return bytes;
}

function insert(bytes: Buffer, [where, more]: Insertion): Buffer {
  const at = where % (bytes.length + 1);
  return Buffer.concat([bytes.subarray(0, at), more, bytes.subarray(at)]);
}

/**
 * What is read without loss, protobufjs reads too, and alike. It refuses text that is no UTF-8,
 * which ours mends.
 */
function agrees(bytes: Buffer): void {
  const { rows, dropped } = decodeTraces(bytes, 'protobuf');
  if (Object.values(dropped).some((count) => count > 0)) return;
  let expected: unknown;
  try {
    expected = plain(oracle(bytes));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_ENCODING_INVALID_ENCODED_DATA') throw error;
    return;
  }
  expect(plain(rows)).toEqual(expected);
}

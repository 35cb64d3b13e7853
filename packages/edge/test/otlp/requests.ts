import fc from 'fast-check';
import type { JsonAny, JsonAttribute, JsonRequest, JsonSpan } from './messages.ts';

/** Trace requests for tests: one at a time, and all kinds of them. */

export const span = (of: Partial<JsonSpan> = {}): JsonSpan => ({
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  name: 'tools/call get-weather',
  kind: 2,
  startTimeUnixNano: '1790000000000000001',
  endTimeUnixNano: '1790000000250000000',
  ...of,
});

export const request = (...spans: readonly JsonSpan[]): JsonRequest => ({
  resourceSpans: [{ scopeSpans: [{ scope: { name: 'scope', version: '1.0' }, spans }] }],
});

const hex = (bytes: number): fc.Arbitrary<string> =>
  fc
    .uint8Array({ minLength: bytes, maxLength: bytes })
    .filter((all) => all.some((byte) => byte !== 0))
    .map((all) => Buffer.from(all).toString('hex'));

const TEXT = fc.string({ unit: 'grapheme', maxLength: 40 });
const KEY = fc.oneof(TEXT, fc.constantFrom('mcp.method.name', 'gen_ai.tool.name', '__proto__'));
const NANOS = fc
  .bigInt({ min: 946_684_800_000_000_000n, max: 4_000_000_000_000_000_000n })
  .map(String);
const INT64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String);

const { attribute } = fc.letrec<{ any: JsonAny; attribute: JsonAttribute }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', maxDepth: 6 },
    TEXT.map((stringValue) => ({ stringValue })),
    fc.constant({}),
    fc.boolean().map((boolValue) => ({ boolValue })),
    INT64.map((intValue) => ({ intValue })),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((doubleValue) => ({
      doubleValue: doubleValue === 0 ? 0 : doubleValue,
    })),
    fc
      .uint8Array({ maxLength: 20 })
      .map((all) => ({ bytesValue: Buffer.from(all).toString('base64') })),
    fc.array(tie('any'), { maxLength: 4 }).map((values) => ({ arrayValue: { values } })),
    fc
      .uniqueArray(tie('attribute'), { maxLength: 4, selector: ({ key }) => key })
      .map((values) => ({ kvlistValue: { values } })),
  ),
  attribute: fc.record({ key: KEY, value: tie('any') }, { requiredKeys: ['key'] }),
}));

const ATTRIBUTES = fc.array(attribute, { maxLength: 6 });

const SPAN: fc.Arbitrary<JsonSpan> = fc.record(
  {
    traceId: fc.oneof(hex(16), fc.constant('0af7651916cd43dd8448eb211c80319c')),
    spanId: hex(8),
    parentSpanId: fc.oneof(hex(8), fc.constant('')),
    name: TEXT,
    kind: fc.integer({ min: 0, max: 6 }),
    startTimeUnixNano: NANOS,
    endTimeUnixNano: NANOS,
    attributes: ATTRIBUTES,
    events: fc.array(fc.record({ name: TEXT, attributes: ATTRIBUTES }), { maxLength: 3 }),
    status: fc.record({ code: fc.integer({ min: 0, max: 3 }), message: TEXT }),
  },
  {
    requiredKeys: ['traceId', 'spanId', 'name', 'kind', 'startTimeUnixNano', 'endTimeUnixNano'],
  },
);

export const REQUEST_ARBITRARY: fc.Arbitrary<JsonRequest> = fc.record({
  resourceSpans: fc.array(
    fc.record(
      {
        resource: fc.record({ attributes: ATTRIBUTES }),
        scopeSpans: fc.array(
          fc.record(
            {
              scope: fc.record({ name: TEXT, version: TEXT }),
              spans: fc.array(SPAN, { maxLength: 4 }),
            },
            { requiredKeys: ['spans'] },
          ),
          { maxLength: 3 },
        ),
      },
      { requiredKeys: ['scopeSpans'] },
    ),
    { maxLength: 3 },
  ),
});

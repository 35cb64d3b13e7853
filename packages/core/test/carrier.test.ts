import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cpuMs } from '../../../test/times.ts';
import { verifies } from '../../../test/verifies.ts';
import { CARRIER_KEYS, type CarrierEdit, editCarrier, TAKE_OUT } from '../src/carrier.ts';

const edited = (text: string, edit: CarrierEdit = TAKE_OUT): string =>
  Buffer.from(editCarrier(Buffer.from(text), edit)).toString();

/** JSON as somebody wrote it: blanks and escapes where the grammar allows them. */
type Node =
  | { readonly raw: string }
  | { readonly open: '{' | '['; readonly members: readonly Member[]; readonly blank: string };
interface Member {
  /** Of an object: as it is meant, and as it is written. */
  readonly key?: string;
  readonly written: string;
  readonly lead: string;
  readonly value: Node;
  readonly trail: string;
}

const blank = fc.constantFrom('', '', '', ' ', '\t', ' \r ');
const escaped = (text: string, which: readonly boolean[]): string =>
  [...JSON.stringify(text).slice(1, -1)]
    .map((char, i) =>
      which[i % which.length] === true && /[a-z_/]/.test(char)
        ? `\\u00${char.charCodeAt(0).toString(16)}`
        : char,
    )
    .join('');
const keyOf = (names: readonly string[]): fc.Arbitrary<{ key: string; written: string }> =>
  fc
    .tuple(
      fc.oneof(
        { weight: 9, arbitrary: fc.constantFrom(...names) },
        { weight: 1, arbitrary: fc.string() },
      ),
      fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }),
      blank,
      blank,
      fc.boolean(),
    )
    .map(([key, which, before, after, plain]) => ({
      key,
      written: `"${plain || /[^a-z_/.]/i.test(key) ? JSON.stringify(key).slice(1, -1) : escaped(key, which)}"${before}:${after}`,
    }));

const LOOKALIKES = ['{"_meta":{"traceparent":"x"}}', '"\\"traceparent\\":\\"x\\","', '["baggage"]'];
const scalar = fc.oneof(
  fc.constantFrom('null', 'true', '-1.5e3', '"00-x"', '"a\\\\"', '"{\\"_meta\\":{"', ...LOOKALIKES),
  fc.string().map((text) => JSON.stringify(text)),
);
const raw = scalar.map((text): Node => ({ raw: text }));

function object(
  keys: readonly string[],
  value: (key: string) => fc.Arbitrary<Node>,
): fc.Arbitrary<Node> {
  const member = keyOf(keys).chain(({ key, written }) =>
    fc.tuple(blank, value(key), blank).map(
      ([lead, inner, trail]): Member => ({
        key,
        written,
        lead,
        value: inner,
        trail,
      }),
    ),
  );
  return fc
    .tuple(fc.array(member, { maxLength: 6 }), blank)
    .map(([members, inside]): Node => ({ open: '{', members, blank: inside }));
}
const mostly = (one: fc.Arbitrary<Node>): fc.Arbitrary<Node> =>
  fc.oneof(
    { weight: 6, arbitrary: one },
    {
      weight: 1,
      arbitrary: fc.constantFrom('null', '[]', '"{}"', '7').map((text): Node => ({ raw: text })),
    },
  );

const carrier = mostly(
  object([...CARRIER_KEYS, 'progressToken', '_meta', 'Traceparent'], () => raw),
);
const withMeta = mostly(object(['_meta', 'x'], (key) => (key === '_meta' ? carrier : raw)));
const params = object(['_meta', 'arguments', 'inputResponses', 'traceparent'], (key) => {
  if (key === '_meta') return carrier;
  if (key === 'arguments') return withMeta;
  return key === 'inputResponses' ? mostly(object(['a', 'b'], () => withMeta)) : raw;
});
const inputRequest = object(['method', 'params', '_meta'], (key) =>
  key === 'params' ? withMeta : key === '_meta' ? carrier : raw,
);
const result = object(['_meta', 'content', 'inputRequests', 'baggage'], (key) => {
  if (key === '_meta') return carrier;
  if (key === 'content') return withMeta;
  return key === 'inputRequests' ? mostly(object(['a', 'b'], () => inputRequest)) : raw;
});
const errorData = object([...CARRIER_KEYS, '_meta', 'x'], (key) =>
  key === '_meta' ? carrier : raw,
);
const error = object(['code', 'data', 'traceparent'], (key) =>
  key === 'data' ? mostly(errorData) : raw,
);
const message = object(
  ['jsonrpc', 'id', 'params', 'result', 'error', '_meta', 'baggage'],
  (key) => {
    if (key === 'params') return mostly(params);
    if (key === 'result') return mostly(result);
    if (key === 'error') return mostly(error);
    return key === '_meta' ? carrier : raw;
  },
);
const batch = fc.array(fc.tuple(blank, message, blank), { maxLength: 3 }).map(
  (all): Node => ({
    open: '[',
    blank: '',
    members: all.map(([lead, value, trail]) => ({ written: '', lead, value, trail })),
  }),
);
const frame = fc.tuple(blank, fc.oneof(message, message, batch), fc.constantFrom('\n', '\r\n', ''));

const CARRIERS = [
  /^params\/_meta$/,
  /^params\/inputResponses\/[^/]*\/_meta$/,
  /^result\/_meta$/,
  /^result\/inputRequests\/[^/]*\/params\/_meta$/,
  /^error\/data$/,
  /^error\/data\/_meta$/,
];

/** What should come out, from what was meant instead of from bytes. */
function write(node: Node, path: readonly string[], edit: CarrierEdit): string {
  if ('raw' in node) return node.raw;
  const { open, members, blank: inside } = node;
  const close = open === '{' ? '}' : ']';
  if (members.length === 0) return `${open}${inside}${close}`;
  const place = path.map((key) => key.replaceAll('/', '\u0000')).join('/');
  const isCarrier = CARRIERS.some((one) => one.test(place)) && open === '{';
  const done = new Set<string>();
  const items = members.map(({ key, lead, trail, written, value }) => {
    const inner = key === undefined ? path : [...path, key];
    const wanted =
      isCarrier && key !== undefined && Object.hasOwn(edit, key)
        ? edit[key as keyof CarrierEdit]
        : undefined;
    const again = key !== undefined && done.has(key);
    if (typeof wanted === 'string' && key !== undefined) done.add(key);
    const goes = wanted === null || (typeof wanted === 'string' && again);
    const text = typeof wanted === 'string' ? JSON.stringify(wanted) : write(value, inner, edit);
    return { lead, trail, goes, text: `${written}${text}` };
  });
  const lastKept = items.findLastIndex(({ goes }) => !goes);
  const texts = items.map(({ lead, trail, goes, text }, i) => {
    if (!goes) return `${lead}${text}${trail}${i < lastKept ? ',' : ''}`;
    if (i < lastKept) return lead;
    return `${lastKept < 0 && i === 0 ? lead : ''}${i === items.length - 1 ? trail : ''}`;
  });
  return `${open}${texts.join('')}${close}`;
}

const edits = fc.oneof(
  fc.constant(TAKE_OUT),
  fc.constant({}),
  fc.record(
    {
      traceparent: fc.constantFrom(null, '00-new', 'with "quotes"'),
      tracestate: fc.constant(null),
      baggage: fc.constantFrom(null, 'a=1'),
    },
    { requiredKeys: [] },
  ),
);

describe('a carrier in the bytes of a frame', () => {
  verifies('trust:bytes', () => {
    let changed = 0;
    fc.assert(
      fc.property(frame, edits, ([lead, node, end], edit) => {
        const before = `${lead}${write(node, [], {})}${end}`;
        const after = `${lead}${write(node, [], edit)}${end}`;
        if (after !== before) changed += 1;
        expect(edited(before, edit)).toBe(after);
      }),
      { numRuns: 2_000 },
    );
    expect(changed).toBeGreaterThan(200);
  });

  it('loses other members that are to go', () => {
    const long = 'x'.repeat(100);
    const bytes = Buffer.from(
      `{"params":{"_meta":{"${long}":1,"a":2,"baggage":"b=1"},"${long}":3}}`,
    );
    const left = editCarrier(bytes, {}, (key) => key === long);
    expect(Buffer.from(left).toString()).toBe(
      `{"params":{"_meta":{"a":2,"baggage":"b=1"},"${long}":3}}`,
    );
  });

  it('is the same buffer where nothing is to be changed', () => {
    const same = (bytes: Uint8Array): boolean => editCarrier(bytes, TAKE_OUT) === bytes;
    for (const text of [
      '',
      '{}',
      '{"jsonrpc":"2.0","id":1,"result":{"_meta":{"progress":1}}}\n',
      '{"params":{"_meta":"traceparent","arguments":{"_meta":{"traceparent":"x"}}}}',
      '{"params":[{"_meta":{"traceparent":"x"}}]}',
      '{"result":{"content":[{"_meta":{"traceparent":"x"},"text":"\\"_meta\\":{\\"baggage\\":1}"}]}}',
    ]) {
      expect(same(Buffer.from(text)), text).toBe(true);
    }
    const meta = Buffer.from('{"params":{"_meta":{"traceparent":"x"}}}');
    expect(editCarrier(meta, { baggage: null })).toBe(meta);
  });

  it('is left alone in bytes that are no JSON, and never throws', () => {
    const cut = '{"params":{"_meta":{"traceparent":"x","baggage":"y"},"name":"z"},"id":1}';
    for (let i = 0; i < cut.length - 1; i++) {
      const part = Buffer.from(cut.slice(0, i));
      expect(editCarrier(part, TAKE_OUT), cut.slice(0, i)).toBe(part);
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expect(editCarrier(bytes, TAKE_OUT).length).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });

  it('does not mind bytes that are no UTF-8', () => {
    const bytes = Buffer.from(
      '{"a":"\xff\xfe","params":{"_meta":{"baggage":"\xff"},"b":"\xc0"}}\n',
      'latin1',
    );
    expect(Buffer.from(editCarrier(bytes, TAKE_OUT)).toString('latin1')).toBe(
      '{"a":"\xff\xfe","params":{"_meta":{},"b":"\xc0"}}\n',
    );
  });

  it('goes through a large frame in one go', () => {
    const many = Array.from({ length: 200_000 }, (_, i) => `"traceparent":${i}`).join(',');
    const began = cpuMs();
    expect(edited(`{"error":{"data":{${many}}}}`)).toBe('{"error":{"data":{}}}');
    expect(edited(`{"error":{"data":{${many},"x":1}}}`)).toBe('{"error":{"data":{"x":1}}}');
    expect(edited(`{"params":{"a":${'['.repeat(500_000)}${']'.repeat(500_000)}}}`)).toHaveLength(
      1_000_017,
    );
    expect(edited(`{"a":"${'\\\\'.repeat(1_000_000)}"}`)).toHaveLength(2_000_008);
    expect(cpuMs() - began).toBeLessThan(5_000);
  });
});

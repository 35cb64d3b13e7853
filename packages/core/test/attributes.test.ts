import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ATTRIBUTES, type AttributeValue, allowAttributes } from '../src/attributes.ts';
import { LIMITS } from '../src/limits.ts';

const ANYTHING = fc.oneof(
  fc.string(),
  fc.double(),
  fc.boolean(),
  fc.array(fc.string()),
) as fc.Arbitrary<AttributeValue>;
const NAMES = fc.oneof(
  fc.constantFrom(...Object.keys(ATTRIBUTES), '__proto__', 'constructor', 'toString'),
  fc.string(),
);

function expectRow(name: string, value: AttributeValue): void {
  expect(Object.keys(ATTRIBUTES)).toContain(name);
  const row = ATTRIBUTES[name];
  if (row?.type === 'int') expect(Number.isSafeInteger(value)).toBe(true);
  else if (row?.type === 'boolean') expect(typeof value).toBe('boolean');
  for (const text of typeof value === 'object' || typeof value === 'string' ? [value].flat() : []) {
    expect(text).toMatch(row?.form ?? /^never$/);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(row?.bytesMax ?? 0);
  }
}

describe('allowAttributes', () => {
  it('lets out only names with a row, in the type and form of that row', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(NAMES, ANYTHING)), (wanted) => {
        const { attributes } = allowAttributes(Object.fromEntries(wanted));
        for (const [name, value] of Object.entries(attributes)) expectRow(name, value);
      }),
    );
  });

  it('counts what it leaves out, but not what is not there', () => {
    const { attributes, dropped } = allowAttributes({
      'spoor.request.bytes': 12,
      'spoor.result.bytes': undefined,
      'spoor.covered': true,
      'tool.category': ['egress', 'free text'],
      'gen_ai.tool.name': 'two words',
      'gen_ai.tool.call.arguments': '{"to":"somebody"}',
      constructor: ['x'],
    });
    expect(attributes).toEqual({
      'spoor.request.bytes': 12,
      'spoor.covered': true,
      'tool.category': ['egress'],
    });
    expect(dropped).toBe(3);
  });

  it('lets out no more bytes than the row says', () => {
    const name = 'a'.repeat(128);
    expect(allowAttributes({ 'gen_ai.tool.name': name }).attributes).not.toEqual({});
    expect(allowAttributes({ 'gen_ai.tool.name': `${name}a` }).attributes).toEqual({});
    // A form that is shared may allow more than one row does.
    expect(allowAttributes({ 'mcp.identity.sub_p': 'c'.repeat(32) }).dropped).toBe(0);
    expect(allowAttributes({ 'mcp.identity.sub_p': 'c'.repeat(33) }).dropped).toBe(1);
    const hash = 'b'.repeat(64);
    expect(allowAttributes({ 'mcp.audit.leaf_hash': hash }).dropped).toBe(0);
    expect(allowAttributes({ 'mcp.audit.leaf_hash': `${hash}b` }).dropped).toBe(1);
  });

  it('keeps lists short', () => {
    const names = Array.from({ length: 100 }, (_, i) => `a${i}`);
    const { attributes } = allowAttributes({ 'spoor.request.arguments': names });
    expect(attributes['spoor.request.arguments']).toEqual(names.slice(0, LIMITS.attributeListMax));
  });
});

describe('the table of attributes', () => {
  it.each(Object.entries(ATTRIBUTES))('%s says why, and bounds its text', (name, row) => {
    expect(name).toMatch(/^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$/);
    expect(row.why).not.toBe('');
    expect(row.class).not.toBe('');
    expect(row.bytesMax).toBeGreaterThan(0);
    const isText = row.type === 'string' || row.type === 'strings';
    expect(row.form !== undefined).toBe(isText);
    if (row.form === undefined) return;
    for (const text of ['é', 'a\u0301', '日本', '\ud83d\ude00'])
      expect(row.form.test(text)).toBe(false);
    // Whole, without state between tests, and with an end.
    expect(row.form.source).toMatch(/^\^.*\$$/s);
    expect(row.form.flags).toBe('');
    for (const text of [
      '',
      'two words',
      'a\n',
      'x'.repeat(129),
      '1'.repeat(129),
      'a'.repeat(4096),
    ]) {
      expect(row.form.test(text), JSON.stringify(text)).toBe(false);
    }
  });
});

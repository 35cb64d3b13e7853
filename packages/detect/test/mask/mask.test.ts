import { MASK_MARKER } from '@spoor/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { maskBatch, maskMessage } from '../../src/mask/mask.ts';

const call = (args: string): string =>
  `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","arguments":${args}}}`;
const result = (members: string): string => `{"jsonrpc":"2.0","id":1,"result":{${members}}}`;

test('nothing but what is masked changes, to the byte', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom('', ' ', '\n\t'), (value, gap) => {
      const rest = JSON.stringify(value, null, gap);
      const args = `{ "a" :${rest},"to": "bob", "n":12345678901234567890.50 }`;
      const { text, count } = maskMessage(call(args), 'arguments', { fields: ['to'] });
      expect(count).toBe(1);
      expect(text).toBe(call(args.replace('"bob"', `"${MASK_MARKER}"`)));
    }),
  );
});

verifies(
  'modify:bypass',
  () => {
    const part = { fields: ['to', 'rows[].email'], classes: ['pii.card', 'secret'] } as const;
    for (const args of [
      '{"t\\u006f":"bob@corp.example"}',
      '{"to":["bob@corp.example"]}',
      '{"to":{"deep":"bob@corp.example"}}',
      '{"rows":[{"email":"bob@corp.example"},{"email":"x","email2":1}]}',
      '{"note":"4111 1111 1111 1111"}',
      '{"note":4111111111111111}',
      '{"4111 1111 1111 1111":1}',
      '{"note":{"deep":[[["4111\\u00201111 1111 1111"]]]}}',
      '{"password":"Tr0ub4dor&3xample"}',
    ]) {
      const { text, count } = maskMessage(call(args), 'arguments', part);
      const { params } = JSON.parse(text) as { readonly params: object };
      expect(count).toBeGreaterThan(0);
      expect(JSON.stringify(params)).not.toMatch(/bob@|4111|Tr0ub/);
    }
  },
  { case: 'escapes, nesting, numbers, keys' },
);

verifies(
  'modify:bypass',
  () => {
    const part = { fields: ['email'] };
    const said = (text: string): string => JSON.stringify(text);
    for (const members of [
      // The same in words, as JSON in a text, twice, and in words alone.
      `"structuredContent":{"email":"bob@x.example"},"content":[{"type":"text","text":"to bob@x.example!"}]`,
      `"content":[{"type":"text","text":${said('{"email":"bob@x.example"}')}}]`,
      `"content":[{"type":"text","text":${said('{"email":"bob@x.example"}')}},{"type":"text","text":"bob@x.example"}]`,
      `"content":[{"type":"text","text":"email: bob@x.example"}]`,
      `"content":[{"type":"resource","resource":{"uri":"a:b","text":"bob@x.example"}}]`,
    ]) {
      const { text } = maskMessage(result(members), 'result', part);
      expect(text).toContain(MASK_MARKER);
      expect(text).not.toContain('bob@');
      expect(() => JSON.parse(text)).not.toThrow();
    }
  },
  { case: 'a result that says it again in other words' },
);

verifies(
  'modify:bypass',
  () => {
    const one = call('{"to":"bob"}');
    const part = { fields: ['to'] };
    const { text, count } = maskBatch(`[ ${one} , ${one}]`, 'arguments', [undefined, part]);
    expect(count).toBe(1);
    expect(text).toBe(`[ ${one} , ${call(`{"to":"${MASK_MARKER}"}`)}]`);
  },
  { case: 'each message of a batch has its own mask' },
);

test('a text that is too long to be read to its end goes on as far as it was read', () => {
  const long = `${'word '.repeat(250_000)}4111 1111 1111 1111`;
  const args = JSON.stringify({ note: long });
  const { text } = maskMessage(call(args), 'arguments', { classes: ['pii.card'] });
  expect(text).not.toContain('4111');
  expect(text.endsWith(`${MASK_MARKER}"}}}`)).toBe(true);
});

import { describe, expect, test } from 'vitest';
import { textOf } from '../../demo/story.ts';
import { ERAS, refusalOf, withServer } from '../with-server.ts';

const rows = [
  { name: 'Ina', amount: 3 },
  { name: 'Ada', amount: 5 },
];

describe.each(ERAS)('sandbox over stdio, %s', (era) => {
  test('runs a program over the rows of the call', () =>
    withServer('sandbox', era, async (client) => {
      const args = { code: 'sort by name; format csv', rows };
      const result = await client.callTool({ name: 'code_interpreter', arguments: args });
      expect(textOf(result)).toBe('name,amount\nAda,5\nIna,3');
      expect(result.structuredContent).toMatchObject({ rows: rows.toReversed() });
    }));

  test('answers what it does not understand with a tool error', () =>
    withServer('sandbox', era, async (client) => {
      const args = { code: 'count; import fs', rows };
      const call = client.callTool({ name: 'code_interpreter', arguments: args });
      expect(await refusalOf(call)).toBe('step 2 is not understood: import fs');
    }));

  test('refuses a table that is too large', () =>
    withServer('sandbox', era, async (client) => {
      const args = { code: 'count', rows: Array.from({ length: 1_001 }, () => ({ a: 1 })) };
      const call = client.callTool({ name: 'code_interpreter', arguments: args });
      expect(await refusalOf(call)).toContain('rows');
    }));
});

test('the renamed tool works', () =>
  withServer(
    'sandbox',
    'modern',
    async (client) => {
      const args = { code: 'sum amount', rows };
      expect(textOf(await client.callTool({ name: 'op_21', arguments: args }))).toBe('8');
    },
    { renamed: true },
  ));

import { describe, expect, test } from 'vitest';
import { textOf } from '../../demo/story.ts';
import { descriptionsOf, ERAS, refusalOf, withServer } from '../with-server.ts';
import { CUSTOMERS } from './people.ts';

describe.each(ERAS)('crm over stdio, %s', (era) => {
  test('shows the records of the entitled regions only', () =>
    withServer('crm', era, async (client) => {
      const result = await client.callTool({ name: 'read_entitlements', arguments: {} });
      const entitled = CUSTOMERS.filter(({ region }) => region !== 'west').map(({ id }) => id);
      expect(result.structuredContent).toMatchObject({ user: 'sam', records: entitled });
      expect(textOf(result)).toContain(entitled[0]);
    }));

  test('returns personal data as fields and as text', () =>
    withServer('crm', era, async (client) => {
      const [first, second] = CUSTOMERS.filter(({ region }) => region === 'north');
      const ids = [first?.id, second?.id];
      const result = await client.callTool({ name: 'query_customer_pii', arguments: { ids } });
      expect(result.structuredContent).toEqual({ customers: [first, second] });
      expect(textOf(result)).toContain(second?.iban);
    }));

  test('keeps records of other regions to itself', () =>
    withServer('crm', era, async (client) => {
      const args = { region: 'west' };
      const result = await client.callTool({ name: 'query_customer_pii', arguments: args });
      expect(result.structuredContent).toEqual({ customers: [] });
    }));

  test('refuses more records than a page', () =>
    withServer('crm', era, async (client) => {
      const call = client.callTool({ name: 'query_customer_pii', arguments: { limit: 26 } });
      expect(await refusalOf(call)).toContain('limit');
    }));
});

test('renamed tools keep their descriptions', async () => {
  let own: readonly string[] = [];
  await withServer('crm', 'modern', async (client) => {
    own = await descriptionsOf(client);
  });
  await withServer(
    'crm',
    'modern',
    async (client) => {
      const { tools } = await client.listTools();
      expect(tools.map(({ name }) => name)).toEqual(['op_11', 'op_12']);
      expect(await descriptionsOf(client)).toEqual(own);
      const result = await client.callTool({ name: 'op_12', arguments: { limit: 1 } });
      expect(result.structuredContent).toMatchObject({ customers: [{ id: 'cus-1001' }] });
    },
    { renamed: true },
  );
});

import { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import * as z from 'zod';
import { renameRequested, servedName } from '../tool-names.ts';
import { CUSTOMERS, type Customer, REGIONS } from './people.ts';

/** The signed-in user may see these two regions; the third shows that entitlements are kept. */
const USER = { name: 'sam', regions: ['north', 'south'] };
/** A page of records; more would not be read by a person or a model. */
const PAGE_ROWS_MAX = 25;
const FIELDS = ['id', 'region', 'fullName', 'email', 'phone', 'iban', 'card'];

const CustomerRow = z.object({
  id: z.string(),
  region: z.enum(REGIONS),
  fullName: z.string(),
  email: z.string(),
  phone: z.string(),
  iban: z.string(),
  card: z.string(),
});

const visible = (): readonly Customer[] =>
  CUSTOMERS.filter(({ region }) => USER.regions.includes(region));

const linesOf = (customers: readonly Customer[]): string =>
  customers
    .map((c) => [c.id, c.region, c.fullName, c.email, c.phone, c.iban, c.card].join(' | '))
    .join('\n');

const registerEntitlements = (server: McpServer, renamed: boolean): void => {
  server.registerTool(
    servedName('read_entitlements', renamed),
    {
      description:
        'Lists which customer records the current user is entitled to see, by record id, ' +
        'and which fields of them.',
      inputSchema: z.object({}),
      outputSchema: z.object({
        user: z.string(),
        records: z.array(z.string()),
        fields: z.array(z.string()),
      }),
      annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    },
    () => {
      const records = visible().map(({ id }) => id);
      const text = `${USER.name} may see ${records.length} records: ${records.join(', ')}`;
      return {
        content: [{ type: 'text', text }],
        structuredContent: { user: USER.name, records, fields: FIELDS },
      };
    },
  );
};

const registerQuery = (server: McpServer, renamed: boolean): void => {
  server.registerTool(
    servedName('query_customer_pii', renamed),
    {
      description:
        'Queries customer records and returns personal data of each customer: full name, ' +
        'e-mail address, phone number, IBAN and payment card number. ' +
        `Filter by record ids or region; at most ${PAGE_ROWS_MAX} records at once.`,
      inputSchema: z.object({
        ids: z.array(z.string()).optional().describe('Record ids, for example cus-1001'),
        region: z.enum(REGIONS).optional(),
        limit: z.int().min(1).max(PAGE_ROWS_MAX).default(10),
      }),
      outputSchema: z.object({ customers: z.array(CustomerRow) }),
      annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    },
    ({ ids, region, limit }) => {
      const wanted = visible().filter(
        (c) => (ids?.includes(c.id) ?? true) && (region === undefined || c.region === region),
      );
      const customers = wanted.slice(0, limit);
      return {
        content: [{ type: 'text', text: linesOf(customers) }],
        structuredContent: { customers },
      };
    },
  );
};

serveStdio(() => {
  const server = new McpServer({ name: 'crm', version: '1.0.0' });
  const renamed = renameRequested();
  registerEntitlements(server, renamed);
  registerQuery(server, renamed);
  return server;
});

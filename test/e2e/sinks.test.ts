import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { startBackend } from '../../packages/hub/test/support/backend.ts';
import { verifies } from '../verifies.ts';
import { connect, SERVERS } from './host.ts';
import { until, World } from './support.ts';

verifies(
  'sinks:told',
  async () => {
    const backend = await startBackend();
    const world = new World();
    const file = join(world.folder, 'sinks.yaml');
    const secret = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
    writeFileSync(join(world.folder, 'hook.secret'), secret);
    writeFileSync(
      file,
      `sinks:\n  - { name: hook, kind: webhook, url: "${backend.endpoint}/in", secret-file: hook.secret }\n`,
    );
    await world.hub('--mode', 'enforce', '--sinks', file);
    const crm = await connect(world, 'crm', SERVERS.crm());
    const drive = await connect(world, 'drive', SERVERS.drive());
    const customers = await crm.call('query_customer_pii', {});
    const content = JSON.stringify(customers.data.customers);
    const shared = await drive.call('create_shareable_link', { name: 'all.json', content });
    expect(shared.isError).toBe(true);

    const told = await until(
      () => backend.received.map(({ body }) => JSON.parse(Buffer.from(body).toString())),
      (all) => all.some(({ data }) => data.rule === 'data-access-then-egress'),
    );
    const denied = told.find(({ data }) => data.rule === 'data-access-then-egress');
    expect(denied).toMatchObject({ type: 'alert.raised', data: { action: 'deny', level: 'high' } });
    // No value of any customer leaves with it.
    const [first] = customers.data.customers as { email: string; fullName: string }[];
    const sent = backend.received.map(({ body }) => Buffer.from(body).toString()).join('\n');
    expect(sent).not.toContain(first?.email);
    expect(sent).not.toContain(first?.fullName);
    for (const { headers } of backend.received)
      expect(headers['webhook-signature']).toMatch(/^v1,/);

    // The command must not wait in the process that answers it.
    const tried = world.spoor('sinks', 'test', 'hook');
    await until(
      () => tried.exitCode,
      (code) => code !== null,
    );
    expect(tried.exitCode).toBe(0);
    const list = world.call('sinks', 'list', '--json');
    expect(JSON.parse(list.stdout).rows).toMatchObject([{ name: 'hook', state: 'well', dead: 0 }]);
    expect(list.stdout).not.toContain(secret);
    expect(world.call('sinks', 'test', 'nobody').code).toBe(1);
    await crm.close();
    await drive.close();
  },
  { timeoutMs: 90_000 },
);

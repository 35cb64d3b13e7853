import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { locateHome, readHubAddress, readToken } from '@spoor/edge/home';
import { expect } from 'vitest';
import { decodeMetrics } from '../../packages/hub/test/support/otlp.ts';
import { verifies } from '../verifies.ts';
import { collector } from './collector.ts';
import { connect, SERVERS } from './host.ts';
import { until, World } from './support.ts';

verifies(
  'metrics:served',
  async () => {
    const world = new World();
    const sink = await collector();
    const file = join(world.folder, 'to.yaml');
    writeFileSync(
      file,
      `destinations:
  - name: numbers
    endpoint: ${sink.url}
    signals: [metrics]
    metrics-every-s: 1
    attributes: { drop: [gen_ai.tool.name] }
`,
    );
    await world.hub('--otlp-destinations', file);
    const crm = await connect(world, 'crm', SERVERS.crm());
    await crm.call('query_customer_pii', {});
    await crm.close();

    const home = locateHome(world.env);
    const url = `${readHubAddress(home)?.url}/metrics`;
    const headers = { authorization: `Bearer ${readToken(home)}` };
    expect((await fetch(url)).status).toBe(401);
    const text = await until(
      async () => (await fetch(url, { headers })).text(),
      (page) => page.includes('mcp_client_session_duration_seconds_count'),
    );
    expect(text).toMatch(
      /^mcp_client_operation_duration_seconds_count\{.*gen_ai_tool_name="query_customer_pii".*\} 1$/m,
    );
    // The list of tools that the client asked for, and the call.
    expect(text).toMatch(/^spoor_decisions_total\{.*action="allow".*\} 2$/m);
    expect(text).toMatch(/^spoor_ledger_size\{.*\} [1-9]/m);

    const points = await until(
      () => sink.bodies.flatMap(decodeMetrics),
      (found) =>
        found.some(
          ({ name, attributes }) =>
            name === 'mcp.client.operation.duration' &&
            attributes['mcp.method.name'] === 'tools/call',
        ),
    );
    const operation = points.findLast(
      ({ name, attributes }) =>
        name === 'mcp.client.operation.duration' && attributes['mcp.method.name'] === 'tools/call',
    );
    expect(operation).toMatchObject({ kind: 'histogram', unit: 's', count: 1 });
    expect(operation?.attributes).toMatchObject({ 'spoor.server.name': 'crm' });
    expect(sink.bytes().toString('latin1')).not.toContain('query_customer_pii');
  },
  { timeoutMs: 60_000 },
);

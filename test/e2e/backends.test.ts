import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { type JaegerSpan, missingBackend, startJaeger } from '../backends.ts';
import { verifies } from '../verifies.ts';
import { connect, SERVERS } from './host.ts';
import { until, World } from './support.ts';

const CLIENT_TRACE = randomBytes(16).toString('hex');
const CLIENT_SPAN = randomBytes(8).toString('hex');

const tagsOf = ({ tags }: JaegerSpan): Record<string, unknown> =>
  Object.fromEntries(tags.map(({ key, value }) => [key, value]));

verifies(
  'export:backend',
  async ({ skip }) => {
    const missing = missingBackend();
    if (missing !== undefined) skip(`SKIPPED: ${missing}`);
    const world = new World();
    const jaeger = await startJaeger();
    await world.hub('--mode', 'enforce', '--otlp-endpoint', jaeger.endpoint);
    const crm = await connect(world, 'crm', SERVERS.crm());
    const drive = await connect(world, 'drive', SERVERS.drive());
    const _meta = { traceparent: `00-${CLIENT_TRACE}-${CLIENT_SPAN}-01` };
    const customers = await crm.client.callTool({
      name: 'query_customer_pii',
      arguments: {},
      _meta,
    });
    const denied = await drive.client.callTool({
      name: 'create_shareable_link',
      arguments: { name: 'list', content: JSON.stringify(customers.structuredContent) },
      _meta,
    });
    expect(denied.isError).toBe(true);

    const spans = await until(
      () => jaeger.trace(CLIENT_TRACE),
      (found) => found.some(({ operationName }) => operationName === 'run_guardrail spoor'),
      90_000,
    );
    const named = (name: string): JaegerSpan =>
      spans.find(({ operationName }) => operationName === name) ?? expect.fail(name);
    const read = named('tools/call query_customer_pii');
    expect(read.traceID).toBe(CLIENT_TRACE);
    expect(read.references).toMatchObject([{ refType: 'CHILD_OF', spanID: CLIENT_SPAN }]);
    expect(tagsOf(read)).toMatchObject({
      'mcp.method.name': 'tools/call',
      'gen_ai.tool.name': 'query_customer_pii',
      'span.kind': 'client',
      'tool.category': expect.stringContaining('reads-pii'),
      'spoor.server.name': 'crm',
      'mcp.audit.index': expect.any(Number),
      'mcp.audit.leaf_hash': expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const share = named('tools/call create_shareable_link');
    expect(tagsOf(share)).toMatchObject({
      'error.type': 'denied',
      error: true,
      'spoor.decision.action': 'deny',
      'spoor.detection.rules': expect.stringContaining('data-access-then-egress'),
    });
    const guardrail = named('run_guardrail spoor');
    expect(guardrail.references).toMatchObject([{ refType: 'CHILD_OF', spanID: share.spanID }]);
    await Promise.all([crm.close(), drive.close()]);
  },
  { timeoutMs: 120_000 },
);

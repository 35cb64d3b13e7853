import { expect } from 'vitest';
import { lint, unrecommended } from '../../packages/hub/test/support/conventions.ts';
import { type DecodedSpan, decodeSpans } from '../../packages/hub/test/support/otlp.ts';
import { verifies } from '../verifies.ts';
import { type Collector, collector } from './collector.ts';
import { connect, SERVERS } from './host.ts';
import { kill, until, World } from './support.ts';

const INTERNAL = 1;
const CLIENT = 3;
const UNSET = { code: 0, message: '' };
const FAILED = { code: 2, message: 'failed' };

const CLIENT_TRACE = '0af7651916cd43dd8448eb211c80319c';
const CLIENT_SPAN = 'b7ad6b7169203331';
const PROMPT = 'Please share my notes.';

const spansOf = ({ bodies }: Collector): DecodedSpan[] => bodies.flatMap(decodeSpans);

/** A finished call with a client's trace, and a denied one without, as a collector gets them. */
async function capture(): Promise<readonly DecodedSpan[]> {
  const world = new World();
  const sink = await collector();
  const hub = await world.hub('--mode', 'enforce', '--otlp-endpoint', sink.url);
  const crm = await connect(world, 'crm', SERVERS.crm());
  const drive = await connect(world, 'drive', SERVERS.drive());
  const customers = await crm.client.callTool({
    name: 'query_customer_pii',
    arguments: {},
    _meta: { traceparent: `00-${CLIENT_TRACE}-${CLIENT_SPAN}-01` },
  });
  const content = JSON.stringify(customers.structuredContent);
  const shared = await drive.call('create_shareable_link', { name: PROMPT, content });
  expect(shared.isError).toBe(true);
  await until(
    () => spansOf(sink),
    (spans) => spans.some(({ name }) => name === 'run_guardrail spoor'),
  );
  await Promise.all([crm.close(), drive.close()]);
  await kill(hub, 'SIGTERM');
  return spansOf(sink);
}

verifies(
  'export:conventions',
  async () => {
    const spans = await capture();
    const named = (name: string): DecodedSpan | undefined =>
      spans.find((span) => span.name === name);

    const read = named('tools/call query_customer_pii');
    expect(read).toMatchObject({ kind: CLIENT, status: UNSET });
    // The client's trace goes on: its span is the parent of ours.
    expect(read).toMatchObject({ trace: CLIENT_TRACE, parent: CLIENT_SPAN });
    expect(read?.attributes).toMatchObject({
      'mcp.method.name': 'tools/call',
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'query_customer_pii',
      'network.transport': 'pipe',
      'jsonrpc.request.id': expect.stringMatching(/^\d+$/),
      'mcp.protocol.version': expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/),
      'tool.category': expect.arrayContaining(['reads-pii']),
      'spoor.server.name': 'crm',
      'spoor.session.id': expect.any(String),
      'spoor.cause.kind': expect.any(String),
      'spoor.decision.action': 'allow',
      'mcp.identity.level': 'unverified',
      'mcp.audit.index': expect.any(Number),
      'mcp.audit.leaf_hash': expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(read?.attributes).not.toHaveProperty('error.type');

    const denied = named('tools/call create_shareable_link');
    expect(denied).toMatchObject({ kind: CLIENT, status: FAILED });
    expect(denied?.attributes).toMatchObject({
      'error.type': 'denied',
      'spoor.decision.action': 'deny',
      'security.policy.rule.id': 'data-access-then-egress',
      'spoor.flow.labels': expect.arrayContaining(['reads-pii']),
    });
    const root = spans.find(({ span }) => span === denied?.parent);
    expect(root).toMatchObject({ name: 'session', kind: INTERNAL, trace: denied?.trace });

    const guardrail = named('run_guardrail spoor');
    expect(guardrail).toMatchObject({
      kind: INTERNAL,
      trace: denied?.trace,
      parent: denied?.span,
      attributes: { 'gen_ai.guardrail.action.type': 'deny' },
    });
    const errors = spans.map(({ status }) => status.message);
    expect(new Set(errors)).toEqual(new Set(['', 'failed']));
    expect(JSON.stringify(spans)).not.toContain(PROMPT);
    expect(spans.flatMap(lint)).toEqual([]);
    // Over a pipe there is neither an address nor another protocol to speak of.
    expect(read === undefined ? [] : unrecommended(read)).toEqual([
      'network.protocol.name',
      'network.protocol.version',
      'jsonrpc.protocol.version',
      'server.address',
      'server.port',
      'mcp.session.id',
    ]);
  },
  { timeoutMs: 60_000 },
);

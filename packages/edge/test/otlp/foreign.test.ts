import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { decodeTraces, type ForeignSpan, readForeign } from '../../src/otlp/decode.ts';
import { DIALECTS } from '../../src/otlp/meanings.ts';
import { encode, type JsonAttribute, type JsonSpan } from './messages.ts';
import { request, span } from './requests.ts';

function fixture(name: string): ForeignSpan[] {
  const bytes = readFileSync(new URL(`./fixtures/${name}`, import.meta.url));
  const { rows } = decodeTraces(bytes, name.endsWith('.bin') ? 'protobuf' : 'json');
  return rows.map(readForeign).filter((found) => found !== undefined);
}

/** Kind, target and outcome of the calls, once each. */
const callsOf = (name: string): string[] => [
  ...new Set(
    fixture(name).flatMap(({ call }) =>
      call === undefined
        ? []
        : [`${call.kind} ${call.tool ?? call.prompt ?? call.uri ?? '-'} ${call.outcome}`],
    ),
  ),
];

const leaksOf = (name: string): string[] => [
  ...new Set(fixture(name).flatMap(({ leaks }) => leaks)),
];

const attribute = (key: string, stringValue: string): JsonAttribute => ({
  key,
  value: { stringValue },
});

/** One span with these attributes. */
function read(
  attributes: Readonly<Record<string, string>>,
  part: Partial<JsonSpan> = {},
): ForeignSpan | undefined {
  const all = Object.entries(attributes).map(([key, value]) => attribute(key, value));
  const [row] = decodeTraces(encode(request(span({ attributes: all, ...part }))), 'protobuf').rows;
  return row === undefined ? undefined : readForeign(row);
}

describe('spans of real instrumentations', () => {
  it('OpenLLMetry', () => {
    expect(callsOf('openllmetry.json')).toEqual([
      'tool.call lookup_customer ok',
      'tool.call send_mail tool_error',
      'prompt.get greet ok',
      'resource.read file:///notes/canary-secret.txt ok',
      'resource.read file:///missing/canary.txt tool_error',
    ]);
    expect(leaksOf('openllmetry.json').sort()).toEqual([
      'exception.message',
      'exception.stacktrace',
      'status.message',
      'traceloop.entity.input',
      'traceloop.entity.output',
    ]);
    const [lookup] = fixture('openllmetry.json').filter(({ call }) => call?.kind === 'tool.call');
    expect(lookup?.call?.request?.value).toEqual({ name: 'Ada Canary' });
  });

  it('OpenInference', () => {
    expect(callsOf('openinference.json')).toEqual([
      'tool.call lookup_customer ok',
      'tool.call send_mail tool_error',
      'llm.call - ok',
      'intent - ok',
    ]);
    expect(leaksOf('openinference.json')).toContain('user.id');
  });
});

describe('spans of other real instrumentations', () => {
  it('FastMCP, with its client and the SDK under it', () => {
    expect(callsOf('fastmcp.bin')).toContain('tool.call lookup_customer ok');
    expect(callsOf('fastmcp.bin')).toContain('tool.call send_mail tool_error');
    const servers = fixture('fastmcp.bin').filter(({ row }) => row.kind === 2);
    expect(servers.map(({ call }) => call?.server).filter(Boolean)).toEqual(
      Array.from({ length: 4 }, () => 'crm'),
    );
    expect(leaksOf('fastmcp.bin')).toContain('exception.stacktrace');
    // Its key of a resource is the resource's URI.
    expect(leaksOf('fastmcp.bin')).toContain('fastmcp.component.key');
  });

  it('Sentry', () => {
    expect(callsOf('sentry.json')).toEqual([
      'tool.call lookup_customer ok',
      'tool.call send_mail tool_error',
      'prompt.get greet ok',
      'resource.read file:///notes/canary-secret.txt ok',
      'resource.read file:///missing/canary.txt protocol_error',
    ]);
    expect(leaksOf('sentry.json').sort()).toEqual([
      'mcp.prompt.result.message_content',
      'mcp.request.argument.*',
      'mcp.resource.uri',
      'mcp.tool.result.content',
      'span name',
    ]);
  });

  it('Vercel, under both sets of names', () => {
    expect(callsOf('vercel.json').sort()).toEqual([
      'intent - ok',
      'llm.call - ok',
      'tool.call lookup_customer ok',
    ]);
    expect(leaksOf('vercel.json')).toContain('ai.toolCall.args');
    expect(leaksOf('vercel.json')).toContain('gen_ai.tool.call.arguments');
  });

  it('every table is met by a fixture', () => {
    const names = [
      'openllmetry.json',
      'openinference.json',
      'fastmcp.bin',
      'sentry.json',
      'vercel.json',
    ];
    const keys = new Set(
      names.flatMap(fixture).flatMap(({ row }) => row.attributes.map(({ key }) => key)),
    );
    for (const { name, attributes } of DIALECTS)
      expect(
        Object.keys(attributes).some((key) => keys.has(key)),
        name,
      ).toBe(true);
  });
});

describe('a span of the conventions', () => {
  it('becomes a call', () => {
    const found = read({
      'mcp.method.name': 'tools/call',
      'gen_ai.tool.name': 'get-weather',
      'jsonrpc.request.id': '7',
      'mcp.protocol.version': '2026-07-28',
      'network.transport': 'tcp',
      'server.address': 'mcp.example.org',
    });
    expect(found?.call).toMatchObject({
      kind: 'tool.call',
      method: 'tools/call',
      tool: 'get-weather',
      requestId: '7',
      protocolVersion: '2026-07-28',
      transport: 'http',
      server: 'mcp.example.org',
      outcome: 'ok',
    });
    expect(found?.leaks).toEqual([]);
  });

  it.each([
    [{ 'error.type': '-32602' }, 'protocol_error', '-32602'],
    [{ 'rpc.response.status_code': '-32001' }, 'protocol_error', '-32001'],
    [{ 'error.type': 'tool_error' }, 'tool_error', 'tool_error'],
    [{ 'error.type': 'timeout' }, 'timeout', 'timeout'],
    [{ 'error.type': 'ValueError' }, 'tool_error', 'tool_error'],
  ] as const)('fails as it says: %o', (error, outcome, errorType) => {
    const { call } = read({ 'mcp.method.name': 'tools/call', ...error }) ?? {};
    expect(call).toMatchObject({ outcome, errorType });
  });

  it('is content where its status says more than a word', () => {
    const method = { 'mcp.method.name': 'tools/call' };
    const said = (message: string): readonly string[] =>
      read(method, { status: { code: 2, message } })?.leaks ?? [];
    expect(said('no such customer: Ada')).toEqual(['status.message']);
    expect(said('failed')).toEqual([]);
    expect(said('')).toEqual([]);
  });

  it('is nothing where nobody knows its names', () => {
    expect(
      read({ 'http.request.method': 'GET', 'url.full': 'https://example.org' }),
    ).toBeUndefined();
  });

  it('is no call where its method is none that is observed', () => {
    expect(read({ 'mcp.method.name': 'ping' })).toMatchObject({ leaks: [] });
    expect(read({ 'mcp.method.name': 'ping' })?.call).toBeUndefined();
  });

  verifies('otlp:claims', () => {
    const found = read({
      'mcp.method.name': 'tools/call',
      'gen_ai.tool.name': 'get-weather',
      'mcp.identity.level': 'verified',
      'mcp.identity.sub_p': 'ab'.repeat(16),
      'mcp.audit.index': '1',
      'spoor.decision.action': 'allow',
      'spoor.session.id': '01890000-0000-7000-8000-000000000000',
      'tool.category': 'reads-pii',
    });
    expect(found?.claims).toBe(6);
    // Of identity it is kept as a claim, in the form that our own has.
    expect(found?.claimed).toEqual({ level: 'verified', sub_p: 'ab'.repeat(16) });
    const { row: _, claims: __, claimed: ___, ...rest } = found ?? {};
    expect(JSON.stringify(rest)).not.toMatch(/verified|spoor|identity|reads-pii|0189/);
  });
});

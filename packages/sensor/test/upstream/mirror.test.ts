import type { IncomingHttpHeaders } from 'node:http';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { encodeHeader, isMirrored, mirrorOf } from '../../src/gateway/mirror.ts';
import { ToolHeaders } from '../../src/upstream/tool-headers.ts';
import { bodyOf, call, MODERN, modernCall, result, upstream } from '../gateway/support.ts';
import { linesTo } from './support.ts';

const META = { 'io.modelcontextprotocol/protocolVersion': MODERN };

const headersOf = (flat: readonly string[]): IncomingHttpHeaders =>
  Object.fromEntries(
    flat.flatMap((name, i) => (i % 2 === 0 ? [[name.toLowerCase(), flat[i + 1] ?? '']] : [])),
  );

verifies(
  'upstream:mirror',
  () => {
    const names = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string(),
      fc.constant('=?base64?eA==?='),
    );
    fc.assert(
      fc.property(names, (name) => {
        const params = { name: name.toWellFormed(), _meta: META };
        const request = { kind: 'request', id: 1, method: 'tools/call', params } as const;
        const headers = headersOf(mirrorOf(request, MODERN));
        for (const value of Object.values(headers))
          expect(value).toMatch(/^[!-~]([\t -~]*[!-~])?$/);
        expect(isMirrored(request, headers)).toBe(true);
        const other = { ...request, params: { ...params, name: `${params.name}x` } };
        expect(isMirrored(other, headers)).toBe(false);
      }),
    );
  },
  { case: 'any name' },
);

verifies(
  'upstream:mirror',
  async () => {
    const tools = [
      {
        name: 'deploy',
        inputSchema: {
          type: 'object',
          properties: {
            region: { type: 'string', 'x-mcp-header': 'Region' },
            deep: { type: 'object', properties: { n: { type: 'integer', 'x-mcp-header': 'N' } } },
            secret: { type: 'string' },
          },
        },
      },
      {
        name: 'broken',
        inputSchema: {
          type: 'object',
          properties: { a: { type: 'string', 'x-mcp-header': 'a b' } },
        },
      },
    ];
    const heard: IncomingHttpHeaders[] = [];
    const { url } = await upstream(async (request, response) => {
      heard.push(request.headers);
      const { id, method } = JSON.parse(await bodyOf(request)) as { id: number; method: string };
      response.setHeader('content-type', 'application/json');
      response.end(result(id, method === 'tools/list' ? { tools } : { content: [] }));
    });
    const lines = linesTo(url);
    lines.write(modernCall(1).replace('tools/call', 'tools/list'));
    await lines.reply(1);
    const args = { region: 'Zürich', deep: { n: 7 }, secret: 'told to nobody' };
    lines.write(call(2, 'deploy', { arguments: args, _meta: META }));
    await lines.reply(2);
    expect(heard[1]).toMatchObject({
      'mcp-protocol-version': MODERN,
      'mcp-method': 'tools/call',
      'mcp-name': 'deploy',
      'mcp-param-region': encodeHeader('Zürich'),
      'mcp-param-n': '7',
    });
    expect(JSON.stringify(heard[1])).not.toContain('nobody');
    // A definition that breaks the rules is not followed half-way.
    lines.write(call(3, 'broken', { _meta: META }));
    expect((await lines.reply(3)).error?.data?.code).toBe('UPSTREAM_TOOL_HEADERS');
    expect(heard).toHaveLength(2);
  },
  { case: 'arguments that a tool wants in headers' },
);

describe('what tools want in headers', () => {
  const learn = (inputSchema: object): ToolHeaders => {
    const tools = new ToolHeaders();
    tools.learn({ tools: [{ name: 't', inputSchema }] });
    return tools;
  };
  const at = (schema: object): object => ({ type: 'object', properties: { a: schema } });

  test.each([
    ['a number', at({ type: 'number', 'x-mcp-header': 'A' })],
    ['no type', at({ 'x-mcp-header': 'A' })],
    ['no name', at({ type: 'string', 'x-mcp-header': '' })],
    ['line breaks', at({ type: 'string', 'x-mcp-header': 'A\r\nX: y' })],
    ['elements of a list', at({ type: 'array', items: { type: 'string', 'x-mcp-header': 'A' } })],
    ['an alternative', { anyOf: [at({ type: 'string', 'x-mcp-header': 'A' })] }],
    ['the whole', { type: 'string', 'x-mcp-header': 'A' }],
    [
      'one name twice',
      {
        properties: {
          a: { type: 'string', 'x-mcp-header': 'A' },
          b: { type: 'string', 'x-mcp-header': 'a' },
        },
      },
    ],
  ])('%s is refused', (_, schema) => {
    expect(learn(schema).of({ name: 't', arguments: { a: 'x' } })).toBeUndefined();
  });

  test('what is absent, null or of another kind is left out', () => {
    const tools = learn(at({ type: 'string', 'x-mcp-header': 'A' }));
    for (const value of [undefined, null, {}, [], 1.5])
      expect(tools.of({ name: 't', arguments: { a: value } })).toEqual([]);
    expect(tools.of({ name: 't' })).toEqual([]);
    expect(tools.of({ name: 'unknown', arguments: { a: 'x' } })).toEqual([]);
  });
});

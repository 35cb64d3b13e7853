import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { verifies } from '../../../test/verifies.ts';
import { HOOK_HOSTS, hookHost } from '../src/hook/hosts.ts';

const hosts = await Promise.all(HOOK_HOSTS.map(async (name) => [name, await hookHost(name)]));
const known = hosts as unknown as readonly (readonly [
  string,
  NonNullable<Awaited<ReturnType<typeof hookHost>>>,
])[];

const NAMES = [
  'session_id',
  'sessionId',
  'conversation_id',
  'tool_name',
  'toolName',
  'tool_input',
  'toolArgs',
  'tool_response',
  'toolResult',
  'tool_use_id',
  'mcp_context',
  'prompt',
  'command',
  'content',
  'edits',
  'result_json',
];
const event = fc.dictionary(fc.constantFrom(...NAMES), fc.jsonValue());

describe.each(known)('%s', (_name, host) => {
  const names = [
    ...host.before,
    ...Object.keys((host.settings('x').content as { hooks: object }).hooks),
    'Unknown',
    '',
  ];

  test('reads whatever an event may hold', () => {
    fc.assert(
      fc.property(event, fc.constantFrom(...names), (json, name) => {
        const read = host.read(json, name);
        expect(typeof read.session).toBe('string');
        if ('tool' in read) expect(typeof read.tool).toBe('string');
        if (read.kind === 'prompt') expect(typeof read.text).toBe('string');
      }),
    );
  });

  verifies(
    'hook:decides',
    () => {
      for (const name of names) {
        const silent = JSON.stringify(host.answer(name, { kind: 'none' }));
        expect(silent).not.toMatch(/allow|approve|permission/);
      }
    },
    { case: `${_name} without an opinion says nothing` },
  );

  test('asks for every event that can be denied', () => {
    const { hooks } = host.settings('x').content as { hooks: object };
    for (const name of host.before) expect(Object.keys(hooks)).toContain(name);
  });
});

describe('names of MCP tools', () => {
  const read = async (host: string, name: string, json: object) =>
    (await hookHost(host))?.read(json as Record<string, unknown>, name);

  test.each([
    ['claude-code', 'PreToolUse', { tool_name: 'mcp__my-db__run_query' }, 'my-db', 'run_query'],
    ['claude-code', 'PreToolUse', { tool_name: 'mcp__a__b__c' }, 'a', 'b__c'],
    [
      'gemini-cli',
      'BeforeTool',
      { tool_name: 'run_query', mcp_context: { server_name: 'db', tool_name: 'run_query' } },
      'db',
      'run_query',
    ],
    ['cursor', 'beforeMCPExecution', { tool_name: 'MCP:db:run_query' }, 'db', 'run_query'],
    ['copilot-cli', 'preToolUse', { toolName: 'mcp__db__run_query' }, 'db', 'run_query'],
  ])('%s %s %j', async (host, name, json, server, tool) => {
    expect(await read(host, name, json)).toMatchObject({ kind: 'before', server, tool });
  });

  test.each([
    ['node "/opt/spoor/bin/spoor.mjs" run --name db -- db', 'other'],
    ['/home/me/.local/state/spoor/launcher/spoor-launch run --name db -- db', 'other'],
    ['npx db-server --run spoor', 'before'],
  ])('Cursor’s server behind %s', async (command, kind) => {
    const event = { tool_name: 'q', command };
    expect(await read('cursor', 'beforeMCPExecution', event)).toMatchObject({ kind });
  });
});

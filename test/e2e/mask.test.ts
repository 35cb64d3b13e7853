import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { instrument } from '@spoor/instrument';
import { expect, onTestFinished } from 'vitest';
import { startBridge } from '../conformance/bridge.ts';
import { maskRule } from '../fixtures/mask-rule.ts';
import { verifies } from '../verifies.ts';
import { type Connected, connect, connectClient, SERVERS } from './host.ts';
import { all, ending, firstLine, until, World } from './support.ts';

const TIMEOUT = { timeoutMs: 90_000 } as const;
const SHARES = 'tool.labels: shares-externally';
const READS = 'tool.labels: reads-pii';
const CONTENT = '  arguments:\n    fields: [content]';
const ROWS = '  result:\n    fields: ["customers[].email"]\n    classes: [pii.card]';

async function start(condition: string, mask: string, mode = 'enforce'): Promise<{ world: World }> {
  const world = new World();
  const rules = join(world.folder, 'rules');
  mkdirSync(rules);
  writeFileSync(join(rules, 'masks-something.yml'), maskRule(condition, mask));
  await world.hub('--mode', mode, '--rules', rules);
  return { world };
}

const share = { name: 'a.csv', content: 'card 4111 1111 1111 1111' };
const EMAIL = /[\w.]+@[\w.]+/;
const CARD = /\b\d{4}[ -]?\d{4}[ -]?\d{4}/;

/** The drive says how many characters its files have. */
async function shared(drive: Connected): Promise<string> {
  expect((await drive.call('create_shareable_link', share)).isError).toBe(false);
  return (await drive.call('list_files')).text;
}

interface Rows {
  readonly customers: readonly { readonly email: string; readonly region: string }[];
}

async function rows(crm: Connected): Promise<void> {
  const { isError, text, data } = await crm.call('query_customer_pii', { limit: 3 });
  expect(isError).toBe(false);
  const { customers } = data as unknown as Rows;
  expect(customers).toHaveLength(3);
  expect(customers.map(({ email }) => email)).toEqual(Array(3).fill('[masked]'));
  expect(customers[0]?.region).toMatch(/^\w+$/);
  for (const said of [text, JSON.stringify(data)]) {
    expect(said).toContain('[masked]');
    expect(said).not.toMatch(EMAIL);
    expect(said).not.toMatch(CARD);
  }
}

interface Entry {
  readonly kind: string;
  readonly detail?: object;
  readonly decision?: { readonly action: string; readonly mask?: object };
}

const entries = (world: World): readonly Entry[] =>
  world
    .call('ledger', 'export', '--format', 'jsonl')
    .stdout.split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { readonly entry: Entry }).entry);

verifies(
  'modify:arguments',
  async () => {
    const { world } = await start(SHARES, CONTENT);
    const drive = await connect(world, 'drive', SERVERS.drive());
    expect(await shared(drive)).toContain('a.csv (8)');
    await drive.close();
    const found = await until(
      () => entries(world),
      (all) => all.some(({ detail }) => JSON.stringify(detail)?.includes('masked') === true),
    );
    const decided = found.find(({ kind, decision }) => kind === 'decision' && decision?.mask);
    expect(decided?.decision).toMatchObject({
      action: 'modify',
      mask: { arguments: { fields: ['content'] } },
    });
    const ended = found.find(({ kind, detail }) => kind === 'call.result' && detail);
    expect(ended?.detail).toEqual({ masked: { arguments: 1 } });
  },
  { case: 'a wrapper, with what was masked in the ledger', ...TIMEOUT },
);

verifies(
  'modify:result',
  async () => {
    const { world } = await start(READS, ROWS);
    const crm = await connect(world, 'crm', SERVERS.crm());
    await rows(crm);
    await crm.close();
    const found = await until(
      () => entries(world),
      (all) => all.some(({ detail }) => JSON.stringify(detail)?.includes('masked') === true),
    );
    const decided = found.find(({ kind, decision }) => kind === 'decision' && decision?.mask);
    const result = { fields: ['customers@.email'], classes: ['pii.card'] };
    expect(decided?.decision?.mask).toEqual({ result });
  },
  { case: 'fields and kinds, behind a wrapper', ...TIMEOUT },
);

verifies(
  'modify:result',
  async () => {
    const { world } = await start('result.classes: pii.card\n    outcome: ok', ROWS);
    const crm = await connect(world, 'crm', SERVERS.crm());
    await rows(crm);
    await crm.close();
    const found = await until(
      () => entries(world),
      (all) => all.some(({ kind }) => kind === 'decision'),
    );
    expect(found.find(({ kind }) => kind === 'decision')?.decision).toMatchObject({
      action: 'modify',
    });
  },
  { case: 'by what the result itself is seen to hold', ...TIMEOUT },
);

verifies(
  'modify:result',
  async () => {
    const { world } = await start(READS, ROWS, 'observe');
    const crm = await connect(world, 'crm', SERVERS.crm());
    const { text } = await crm.call('query_customer_pii', { limit: 1 });
    expect(text).toMatch(EMAIL);
    await crm.close();
    const found = await until(
      () => entries(world),
      (all) => all.some(({ kind }) => kind === 'decision'),
    );
    expect(found.find(({ kind }) => kind === 'decision')?.decision).toMatchObject({
      action: 'allow',
      wanted: 'modify',
    });
  },
  { case: 'only shown while observing', ...TIMEOUT },
);

async function throughGateway(world: World, name: string, server: string[]): Promise<Connected> {
  const bridge = await startBridge(server);
  onTestFinished(() => bridge.close());
  const words = ['gateway', '--port', '0', '--name', name, '--url', bridge.url];
  const url = (await firstLine(world.spoor(...words))).replace(/^.* listening on /, '');
  const client = new Client({ name: 'http-host', version: '1.0.0' });
  await client.connect(new StreamableHTTPClientTransport(new URL(url)));
  await client.listTools();
  return {
    client,
    call: async (tool, args = {}) => {
      const result = await client.callTool({ name: tool, arguments: args });
      const content = Array.isArray(result.content) ? result.content : [];
      const text = content.map((item) => ('text' in item ? item.text : '')).join('\n');
      const data = (result.structuredContent ?? {}) as Record<string, unknown>;
      return { isError: result.isError === true, text, data };
    },
    close: () => client.close(),
  };
}

verifies(
  'modify:arguments',
  async () => {
    const { world } = await start(SHARES, CONTENT);
    const drive = await throughGateway(world, 'drive', SERVERS.drive());
    expect(await shared(drive)).toContain('a.csv (8)');
    await drive.close();
  },
  { case: 'the gateway', ...TIMEOUT },
);

verifies(
  'modify:result',
  async () => {
    const { world } = await start(READS, ROWS);
    const crm = await throughGateway(world, 'crm', SERVERS.crm());
    await rows(crm);
    await crm.close();
  },
  { case: 'the gateway', ...TIMEOUT },
);

const joined = (world: World, name: string, server: string[]): Promise<Connected> => {
  const client = new Client({ name: 'agent', version: '1' });
  const spied = instrument(client, { name, hub: { home: world.state } });
  return connectClient(spied, world, server);
};

verifies(
  'modify:arguments',
  async () => {
    const { world } = await start(SHARES, CONTENT);
    const drive = await joined(world, 'drive', SERVERS.drive());
    expect(await shared(drive)).toContain('a.csv (8)');
    await drive.close();
  },
  { case: 'an instrumented client', ...TIMEOUT },
);

verifies(
  'modify:result',
  async () => {
    const { world } = await start(READS, ROWS);
    const crm = await joined(world, 'crm', SERVERS.crm());
    await rows(crm);
    await crm.close();
  },
  { case: 'an instrumented client', ...TIMEOUT },
);

verifies(
  'modify:arguments',
  async () => {
    const mask = '  arguments:\n    classes: [pii.email]';
    const { world } = await start('tool.labels: executes-code', mask);
    const hook = async (host: string): Promise<string> => {
      const child = world.spoor('hook', host);
      const input = { command: 'mail bob@corp.example', timeout: 5 };
      const tool = { tool_name: 'Bash', tool_input: input, tool_use_id: 't1' };
      const mode = { permission_mode: 'default' };
      const event = { session_id: 'one', hook_event_name: 'PreToolUse', ...mode, ...tool };
      child.stdin.end(JSON.stringify(event));
      const [stdout] = await Promise.all([all(child.stdout), ending(child)]);
      return stdout;
    };
    expect(JSON.parse(await hook('claude-code'))).toMatchObject({
      hookSpecificOutput: {
        permissionDecision: 'ask',
        updatedInput: { command: 'mail [masked]', timeout: 5 },
      },
    });
    // What cannot run a tool with other arguments does not run it.
    expect(await hook('codex')).toContain('"permissionDecision":"deny"');
  },
  { case: 'hooks, where they can; else it is denied', ...TIMEOUT },
);

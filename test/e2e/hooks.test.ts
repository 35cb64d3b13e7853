import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { AskView, Observation, Page, SessionDetail, SessionView } from '@spoor/core';
import { locateHome, prepareHome } from '@spoor/edge/home';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { ASK_RULE } from '../fixtures/ask-rule.ts';
import { verifies } from '../verifies.ts';
import { connect, SERVERS } from './host.ts';
import { all, ending, timed, until, World } from './support.ts';

const SHELL_RULE = ASK_RULE.replace('shares-externally', 'executes-code');

/** Ends of what tests of several hosts share. */
const ends: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const end of ends) await end();
});

/** One hub for all hosts: they are told apart by the names of their servers. */
function shared(make: (world: World) => Promise<World>): () => Promise<World> {
  let world: Promise<World> | undefined;
  return () => (world ??= make(new World({}, (end) => ends.push(end))));
}

const observing = shared(async (world) => {
  await world.hub();
  return world;
});
const denying = shared((world) => hubWith('deny', world));
const asking = shared((world) => hubWith('ask', world));

async function hubWith(response: 'ask' | 'deny', world: World): Promise<World> {
  const rules = join(world.folder, 'rules');
  mkdirSync(rules);
  writeFileSync(
    join(rules, 'sharing-needs-a-person.yml'),
    SHELL_RULE.replace('response: ask', `response: ${response}`),
  );
  await world.hub('--mode', 'enforce', '--rules', rules);
  return world;
}

/** What a host does: starts the command, writes the event, reads the answer. */
async function hook(world: World, host: string, event: unknown, name?: string): Promise<unknown> {
  const child = world.spoor('hook', host, ...(name === undefined ? [] : [name]));
  child.stdin.end(typeof event === 'string' ? event : JSON.stringify(event));
  const [stdout, { code }] = await Promise.all([all(child.stdout), ending(child)]);
  expect(code).toBe(0);
  return JSON.parse(stdout);
}

const claude = (name: string, more: object): object => ({
  session_id: 'a-session',
  transcript_path: '/tmp/t.jsonl',
  cwd: '/tmp',
  permission_mode: 'default',
  hook_event_name: name,
  ...more,
});
const bash = (id: string, command = 'ls'): object => ({
  tool_name: 'Bash',
  tool_input: { command },
  tool_use_id: id,
});

async function observed(
  world: World,
  enough: (seen: readonly Observation[]) => boolean,
  host?: string,
): Promise<readonly Observation[]> {
  const { rows } = await until(
    () => world.api<Page<SessionView>>('sessions'),
    (page) => page.rows.length > 0,
  );
  expect(rows).toHaveLength(1);
  return until(async () => {
    const { observations } = await world.api<SessionDetail>(`sessions/${rows[0]?.id}`);
    return observations.filter(({ server }) => host === undefined || server.name === host);
  }, enough);
}

/** An event of each host before a command runs, after it, and its answers. */
const HOSTS = [
  {
    host: 'claude-code',
    before: claude('PreToolUse', bash('t1')),
    after: claude('PostToolUse', { ...bash('t1'), tool_response: { stdout: 'a.txt' } }),
    denied: { hookSpecificOutput: { hookEventName: 'PreToolUse', permissionDecision: 'deny' } },
    ask: { hookSpecificOutput: { permissionDecision: 'ask' } },
  },
  {
    host: 'codex',
    before: { ...claude('PreToolUse', bash('t1')), turn_id: '1', model: 'm' },
    after: claude('PostToolUse', { ...bash('t1'), tool_response: 'a.txt' }),
    denied: { hookSpecificOutput: { hookEventName: 'PreToolUse', permissionDecision: 'deny' } },
  },
  {
    host: 'vscode',
    before: {
      timestamp: '2026-11-21T15:00:00Z',
      hookEventName: 'PreToolUse',
      sessionId: 'v',
      tool_name: 'run_in_terminal',
      tool_input: { command: 'ls' },
      tool_use_id: 't1',
    },
    after: {
      hookEventName: 'PostToolUse',
      sessionId: 'v',
      tool_name: 'run_in_terminal',
      tool_input: { command: 'ls' },
      tool_use_id: 't1',
      tool_response: 'a.txt',
    },
    denied: { hookSpecificOutput: { hookEventName: 'PreToolUse', permissionDecision: 'deny' } },
    ask: { hookSpecificOutput: { permissionDecision: 'ask' } },
  },
  {
    host: 'gemini-cli',
    before: {
      session_id: 'g',
      hook_event_name: 'BeforeTool',
      tool_name: 'run_shell_command',
      tool_input: { command: 'ls' },
    },
    after: {
      session_id: 'g',
      hook_event_name: 'AfterTool',
      tool_name: 'run_shell_command',
      tool_input: { command: 'ls' },
      tool_response: { llmContent: 'a.txt', returnDisplay: 'a.txt' },
    },
    denied: { decision: 'deny' },
  },
  {
    host: 'cursor',
    before: {
      conversation_id: 'c',
      generation_id: '1',
      hook_event_name: 'beforeShellExecution',
      command: 'ls',
      cwd: '/tmp',
    },
    after: {
      conversation_id: 'c',
      hook_event_name: 'afterShellExecution',
      command: 'ls',
      output: 'a.txt',
      duration: 3,
    },
    denied: { permission: 'deny' },
    ask: { permission: 'ask' },
  },
  {
    host: 'copilot-cli',
    event: 'preToolUse',
    before: { timestamp: 1, cwd: '/tmp', toolName: 'bash', toolArgs: '{"command":"ls"}' },
    afterEvent: 'postToolUse',
    after: {
      toolName: 'bash',
      toolArgs: '{"command":"ls"}',
      toolResult: { resultType: 'success', textResultForLlm: 'a.txt' },
    },
    denied: { permissionDecision: 'deny' },
  },
] as const;

describe.each(HOSTS)('$host', (row) => {
  const { host, before, after, denied } = row;
  const event = 'event' in row ? row.event : undefined;

  verifies(
    'hook:observed',
    async () => {
      const world = await observing();
      expect(await hook(world, host, before, event)).toEqual({});
      const afterEvent = 'afterEvent' in row ? row.afterEvent : undefined;
      expect(await hook(world, host, after, afterEvent)).toEqual({});
      const seen = await observed(world, ([only]) => only?.outcome === 'ok', host);
      expect(seen).toHaveLength(1);
      expect(seen[0]).toMatchObject({
        server: { name: host, transport: 'unknown' },
        tool: { labels: ['executes-code'] },
        outcome: 'ok',
      });
      expect(seen[0]?.facts.request).toBeDefined();
      expect(seen[0]?.facts.result).toBeDefined();
    },
    { case: host, timeoutMs: 60_000 },
  );

  verifies(
    'hook:decides',
    async () => {
      const world = await denying();
      const answer = await hook(world, host, before, event);
      expect(answer).toMatchObject(denied);
      expect(JSON.stringify(answer)).toMatch(/denied by the security policy.* Case c-\w{10}/);
    },
    { case: `${host} denies`, timeoutMs: 60_000 },
  );

  verifies(
    'hook:decides',
    async () => {
      const world = await asking();
      if ('ask' in row) {
        expect(await hook(world, host, before, event)).toMatchObject(row.ask);
        expect((await world.api<{ rows: AskView[] }>('asks')).rows).toEqual([]);
        await hook(world, host, after);
        const seen = await observed(world, ([only]) => only?.outcome === 'ok', host);
        expect(seen).toMatchObject([{ decision: { reason: 'approved-in-host', wanted: 'ask' } }]);
        return;
      }
      const answered = hook(world, host, before, event);
      const { rows } = await until(
        () => world.api<{ rows: AskView[] }>('asks'),
        (page) => page.rows.length === 1,
      );
      await world.api(`asks/${rows[0]?.case}`, { answer: 'approve', digest: rows[0]?.digest });
      expect(await answered).toEqual({});
    },
    { case: `${host} asks`, timeoutMs: 60_000 },
  );
});

verifies(
  'hook:decides',
  async () => {
    const world = await hubWith('ask', new World());
    const unasked = { ...claude('PreToolUse', bash('t1')), permission_mode: 'bypassPermissions' };
    const answered = hook(world, 'claude-code', unasked);
    const { rows } = await until(
      () => world.api<{ rows: AskView[] }>('asks'),
      (page) => page.rows.length === 1,
    );
    await world.api(`asks/${rows[0]?.case}`, { answer: 'deny', digest: rows[0]?.digest });
    expect(await answered).toMatchObject({ hookSpecificOutput: { permissionDecision: 'deny' } });
  },
  { case: 'a user who is not asked by the host is asked by the hub', timeoutMs: 60_000 },
);

verifies(
  'hook:intent',
  async () => {
    const world = new World();
    await world.hub();
    const prompt = { prompt: 'Prepare the renewal list for Acme' };
    expect(await hook(world, 'claude-code', claude('UserPromptSubmit', prompt))).toEqual({});
    await hook(world, 'claude-code', claude('PreToolUse', bash('t1')));
    const seen = await observed(world, (rows) => rows.length === 2);
    expect(seen[0]).toMatchObject({ kind: 'intent', facts: { request: {} } });
    expect(seen[1]).toMatchObject({ cause: { kind: 'user', evidence: 'intent' } });
    expect(seen[1]?.intent?.cluster).toMatch(/^[0-9a-f]{8}$/);
    expect(seen[1]?.intent?.cluster).toBe(seen[0]?.intent?.cluster);
  },
  { timeoutMs: 60_000 },
);

verifies(
  'hook:once',
  async () => {
    const world = new World();
    await world.hub();
    const drive = await connect(world, 'my.drive', SERVERS.drive());
    const use = { tool_name: 'mcp__my_drive__list_files', tool_input: {}, tool_use_id: 't1' };
    await hook(world, 'claude-code', claude('PreToolUse', use));
    await drive.call('list_files');
    await hook(world, 'claude-code', claude('PostToolUse', { ...use, tool_response: {} }));
    const other = { ...use, tool_name: 'mcp__elsewhere__fetch_mail', tool_use_id: 't2' };
    await hook(world, 'claude-code', claude('PreToolUse', other));
    const seen = await observed(world, (rows) =>
      rows.some(({ server }) => server.name === 'elsewhere'),
    );
    const calls = seen.filter(({ kind }) => kind === 'tool.call');
    expect(calls.map(({ server, tool }) => [server.name, tool?.name])).toEqual([
      ['my.drive', 'list_files'],
      ['elsewhere', 'fetch_mail'],
    ]);
    await drive.close();
  },
  { timeoutMs: 60_000 },
);

verifies(
  'hook:chain',
  async () => {
    const world = new World();
    await world.hub('--mode', 'enforce');
    const drive = await connect(world, 'drive', SERVERS.drive());
    const read = { tool_name: 'Read', tool_input: { file_path: '/s' }, tool_use_id: 't1' };
    const secret = 'GB33BUKB20201555555555';
    await hook(world, 'claude-code', claude('PreToolUse', read));
    await hook(world, 'claude-code', claude('PostToolUse', { ...read, tool_response: secret }));
    await observed(world, (rows) =>
      rows.some(({ outcome, tool }) => outcome === 'ok' && tool?.name === 'Read'),
    );
    const shared = await drive.call('create_shareable_link', { name: 'x', content: secret });
    expect(shared.isError).toBe(true);
    await drive.close();
  },
  { timeoutMs: 60_000 },
);

describe('without a hub', () => {
  const pre = claude('PreToolUse', bash('t1'));
  const write = claude('PreToolUse', { tool_name: 'Write', tool_input: {}, tool_use_id: 't2' });
  const deny = { hookSpecificOutput: { permissionDecision: 'deny' } };

  verifies(
    'hook:no-hub',
    async () => {
      const world = new World();
      expect(await hook(world, 'claude-code', pre)).toEqual({});
      await world.hub();
      const seen = await observed(world, (rows) => rows.length === 1);
      expect(seen).toMatchObject([{ covered: false, tool: { name: 'Bash' } }]);
    },
    { case: 'observe', timeoutMs: 60_000 },
  );

  verifies(
    'hook:no-hub',
    async () => {
      const world = new World({ SPOOR_MODE: 'enforce' });
      expect(await hook(world, 'claude-code', pre)).toMatchObject(deny);
      expect(await hook(world, 'claude-code', write)).toEqual({});
    },
    { case: 'enforce, by label', timeoutMs: 60_000 },
  );

  verifies(
    'hook:no-hub',
    async () => {
      const world = new World({ SPOOR_BUDGET_MS: '50' });
      const home = locateHome(world.env);
      prepareHome(home);
      writeFileSync(home.tokenFile, 'x'.repeat(64));
      const silent = createServer(() => undefined).listen(home.socket);
      onTestFinished(() => void silent.close());
      const alone = await timed(() => hook(new World(), 'claude-code', pre));
      const { value, ms } = await timed(() => hook(world, 'claude-code', pre));
      expect(value).toEqual({});
      expect(ms).toBeLessThan(5_000 + 5 * alone.ms);
    },
    { case: 'a hub that says nothing', timeoutMs: 60_000 },
  );
});

describe('what nobody can read', () => {
  const texts = ['', '{', '[]', '{"a":1,"a":2}', '\u0000', '['.repeat(80)];

  test.each(texts)('stops nothing in observe: %j', async (text) => {
    const world = new World();
    expect(await hook(world, 'claude-code', text)).toEqual({});
  });

  test('stops its tool in enforce, where the event is known', async () => {
    const world = new World({ SPOOR_MODE: 'enforce' });
    const answer = await hook(world, 'claude-code', '{"a":1,"a":2}', 'PreToolUse');
    expect(answer).toMatchObject({ hookSpecificOutput: { permissionDecision: 'deny' } });
  });

  test('a host that nobody knows blocks nothing', () => {
    const { code, stderr } = new World().call('hook', 'claude-kode');
    expect(code).toBe(1);
    expect(stderr).toContain('did you mean claude-code');
  });
});

test.each(HOSTS)('settings for $host name this launcher by an absolute path', ({ host }) => {
  const { stdout, code } = new World().call('hook', 'install', host, '--json');
  expect(code).toBe(0);
  expect(stdout).toMatch(new RegExp(`/\\S+/node /\\S+/spoor\\.mjs hook ${host}`));
});

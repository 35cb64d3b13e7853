import { hash } from 'node:crypto';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import {
  Client as ModernClient,
  StreamableHTTPClientTransport as ModernTransport,
} from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import {
  acceptedContent,
  createMcpHandler,
  createRequestStateCodec,
  inputRequired,
  McpServer,
} from '@modelcontextprotocol/server';
import type { HubView } from '@spoor/core';
import { instrument } from '@spoor/instrument';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { verifies } from '../../verifies.ts';
import { SERVERS } from '../host.ts';
import { all, firstLine, kill, LAUNCHER, NODE, type Piped, until, World } from '../support.ts';
import { makeKeys, type OpenedLeaf, openLeaves } from './leaves.ts';
import { ROWS, type Row, SAID, talk, talkingClient } from './talk.ts';

const require = createRequire(import.meta.url);

const Form = z.object({ name: z.string() });
const state = createRequestStateCodec<number>({ key: 'a key of thirty-two bytes or more' });

/** Asks for input inside a result, once a call. */
function askingServer(): McpServer {
  const info = { name: 'asking', version: '1' };
  const server = new McpServer(info, { requestState: { verify: state.verify } });
  server.registerTool('greet', { description: 'asks who you are' }, async (ctx) => {
    const answer = acceptedContent(ctx.mcpReq.inputResponses, 'who', Form);
    if (answer !== undefined) return { content: [{ type: 'text', text: answer.name }] };
    const who = inputRequired.elicit({ message: SAID.prompt, requestedSchema: Form });
    return inputRequired({ inputRequests: { who }, requestState: await state.mint(1) });
  });
  return server;
}

/** Each way that messages pass a sensor. */
const SENSORS: Readonly<Record<string, (world: World) => Promise<void>>> = {
  'the stdio wrapper': (world) =>
    talk(
      talkingClient(),
      stdio(world, [LAUNCHER, 'run', '--name', 'everything', '--', ...SERVERS.everything()]),
    ),
  'the gateway': async (world) => {
    const gateway = world.spoor(
      ...['gateway', '--port', '0', '--name', 'everything', '--url', await everything(world)],
    );
    const url = (await firstLine(gateway)).replace(/^.* listening on /, '');
    await talk(talkingClient(), new StreamableHTTPClientTransport(new URL(url)) as Transport);
    await kill(gateway, 'SIGTERM');
  },
  'an instrumented client': async (world) => {
    const [, ...bare] = SERVERS.everything();
    const client = instrument(talkingClient(), {
      name: 'everything',
      hub: { home: world.state },
    });
    await talk(client, stdio(world, bare));
  },
};

const stdio = ({ env, folder }: World, args: string[]): Transport =>
  new StdioClientTransport({ command: NODE, args, env, cwd: folder, stderr: 'ignore' });

async function everything(world: World): Promise<string> {
  const port = await new Promise<number>((resolve) => {
    const server = createServer().listen(0, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0));
    });
  });
  world.env.PORT = String(port);
  const entry = require.resolve('@modelcontextprotocol/server-everything/dist/index.js');
  world.start([NODE, entry, 'streamableHttp']);
  const url = `http://localhost:${port}/mcp`;
  const answers = (): Promise<boolean> =>
    fetch(url, { method: 'OPTIONS' }).then(
      () => true,
      () => false,
    );
  await until(answers, (up) => up);
  return url;
}

async function recorded(play: (world: World) => Promise<void>): Promise<OpenedLeaf[]> {
  const world = new World();
  makeKeys(world);
  const hub = await world.hub();
  await play(world);
  await until(
    () => world.api<HubView>('hub'),
    ({ sensors, counts }) => sensors <= 1 && (counts.begun ?? 0) + (counts.ended ?? 0) >= 11,
  );
  await ended(hub);
  return openLeaves(world);
}

async function ended(hub: Piped): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 300));
  await kill(hub, 'SIGTERM');
}

const find = (leaves: readonly OpenedLeaf[], row: Row): OpenedLeaf | undefined =>
  leaves.find(
    ({ leaf, content }) =>
      leaf.kind === 'call.request' &&
      leaf.mcp?.method === row.method &&
      content.request?.includes(row.asked) === true,
  );

const UUID = /^[0-9a-f-]{36}$/;
const DIGEST = /^[0-9a-f]{32,64}$/;

/** Every member that an entry about an exchange binds. */
function expectBound({ leaf }: OpenedLeaf): void {
  expect(leaf.session).toMatch(UUID);
  expect(leaf.trace).toMatch(/^[0-9a-f]{32}$/);
  expect(leaf.span).toMatch(/^[0-9a-f]{16}$/);
  expect(leaf.facts).toMatch(DIGEST);
  expect(leaf.identity?.pseudonym).toMatch(DIGEST);
  expect(leaf.identity?.evidence.length).toBeGreaterThan(0);
  expect(leaf.decision).toMatchObject({ action: 'allow', rule: '', reason: 'default' });
  for (const { cipher, commit, mac, kek } of leaf.content ?? []) {
    expect(cipher).toMatch(DIGEST);
    expect(commit).toMatch(DIGEST);
    expect(mac).toMatch(DIGEST);
    expect(kek).toMatch(DIGEST);
  }
}

describe.each(Object.keys(SENSORS))('%s', (sensor) => {
  verifies(
    'vault:coverage',
    async () => {
      const leaves = await recorded(SENSORS[sensor] ?? (() => Promise.reject(new Error(sensor))));
      for (const row of ROWS) {
        const asked = find(leaves, row);
        expect([row.kind, asked?.leaf.kind]).toEqual([row.kind, 'call.request']);
        const answered = leaves.find(
          ({ leaf }) =>
            leaf.call === asked?.leaf.call && leaf.kind === (row.result ?? 'call.result'),
        );
        const part = row.part ?? 'result';
        expect([row.kind, answered?.content[part]]).toEqual([
          row.kind,
          expect.stringContaining(row.answered),
        ]);
        if (asked === undefined || answered === undefined) continue;
        expect(asked.index).toBeLessThan(answered.index);
        expectBound(asked);
        expectBound(answered);
        expect(answered.leaf.sampled).toMatchObject({ keep: true });
        if (row.kind === 'a tool call') expect(answered.leaf.mcp?.definition).toMatch(DIGEST);
      }
      expect(leaves.filter(({ content }) => 'failed' in content)).toEqual([]);
      expect(dictionaryHits(leaves)).toEqual([]);
    },
    { case: sensor, timeoutMs: 90_000 },
  );
});

const ALGORITHMS = ['md5', 'sha1', 'sha256', 'sha384', 'sha512', 'sha3-256', 'blake2b512'] as const;

/** Whoever knows a content and has the leaves alone must not be able to tell that it is there. */
function dictionaryHits(leaves: readonly OpenedLeaf[]): string[] {
  const text = leaves.map((leaf) => leaf.text).join('\n');
  const contents = leaves.flatMap(({ content }) => Object.values(content));
  const words = [...Object.values(SAID), ...contents, ...contents.map((one) => one.trim())];
  const parsed = contents.flatMap((one) => valuesOf(one));
  return [...new Set([...words, ...parsed])].flatMap((word) =>
    ALGORITHMS.flatMap((algorithm) =>
      (['hex', 'base64', 'base64url'] as const)
        .map((encoding) => hash(algorithm, word, encoding).replace(/=+$/, '').slice(0, 32))
        .filter((digest) => text.includes(digest) || text.includes(digest.slice(0, 16))),
    ),
  );
}

test('the dictionary finds a plain hash where there is one', () => {
  const leaf = {} as OpenedLeaf['leaf'];
  const planted = JSON.stringify({ facts: hash('sha256', SAID.argument) });
  const content = { request: JSON.stringify({ message: SAID.argument }) };
  expect(dictionaryHits([{ index: 0, text: planted, leaf, content }])).not.toEqual([]);
});

/** A content's values, and its parts as JSON. */
function valuesOf(content: string): string[] {
  try {
    const found: string[] = [];
    const walk = (value: unknown): void => {
      if (typeof value === 'string') found.push(value);
      found.push(JSON.stringify(value));
      if (typeof value === 'object' && value !== null) Object.values(value).forEach(walk);
    };
    walk(JSON.parse(content));
    return found;
  } catch {
    return [];
  }
}

verifies(
  'vault:coverage',
  async () => {
    const leaves = await recorded(async (world) => {
      const event = (name: string, more: object): string =>
        JSON.stringify({ session_id: 's', cwd: '/tmp', hook_event_name: name, ...more });
      const tool = { tool_name: 'Bash', tool_input: { command: SAID.argument }, tool_use_id: 't1' };
      const events = [
        event('UserPromptSubmit', { prompt: SAID.prompt }),
        ...Array.from({ length: 5 }, () => [
          event('PreToolUse', tool),
          event('PostToolUse', { ...tool, tool_response: { stdout: SAID.answer } }),
        ]).flat(),
      ];
      for (const one of events) {
        const child = world.spoor('hook', 'claude-code');
        child.stdin.end(one);
        await all(child.stdout);
      }
    });
    // A hook that does not reach the hub in time lets its host go on, and is told of later: what is
    // looked at is one that has.
    const of = (kind: string): OpenedLeaf | undefined =>
      leaves.find(({ leaf }) => leaf.kind === kind && (kind === 'intent' || leaf.decision));
    expect(of('intent')?.content.intent).toBe(SAID.prompt);
    expect(of('intent')?.leaf.facts).toMatch(DIGEST);
    expect(of('call.request')?.content.request).toContain(SAID.argument);
    expect(of('call.result')?.content.result).toContain(SAID.answer);
    for (const kind of ['call.request', 'call.result']) expectBound(of(kind) as OpenedLeaf);
    expect(dictionaryHits(leaves)).toEqual([]);
  },
  { case: 'hooks', timeoutMs: 90_000 },
);

verifies(
  'vault:coverage',
  async () => {
    const leaves = await recorded(async (world) => {
      const handler = createMcpHandler(() => askingServer());
      const client = instrument(
        new ModernClient(
          { name: 'modern', version: '1' },
          { capabilities: { elicitation: { form: {} } }, versionNegotiation: { mode: 'auto' } },
        ),
        { name: 'asking', hub: { home: world.state } },
      );
      client.setRequestHandler('elicitation/create', () => ({
        action: 'accept' as const,
        content: { name: SAID.answer },
      }));
      const fetch = (url: string | URL, init?: RequestInit): Promise<Response> =>
        handler.fetch(new Request(url, init));
      await client.connect(new ModernTransport(new URL('http://localhost/mcp'), { fetch }));
      await client.listTools();
      for (let n = 0; n < 4; n++) await client.callTool({ name: 'greet' });
      await client.close();
    });
    const asked = leaves.find(({ leaf }) => leaf.mcp?.method === 'elicitation/create');
    expect(asked?.leaf).toMatchObject({ kind: 'call.request', mcp: { era: 'modern' } });
    expect(asked?.content.request).toContain(SAID.prompt);
    if (asked !== undefined) expect(asked.leaf.facts).toMatch(DIGEST);
    // The answer comes with the next leg of the call that it belongs to.
    const call = asked?.leaf.cause?.parent;
    const legs = leaves.filter(({ leaf }) => leaf.call === call && leaf.kind === 'call.request');
    expect(legs.length).toBeGreaterThan(1);
    expect(legs.at(-1)?.content.request).toContain(SAID.answer);
    expect(dictionaryHits(leaves)).toEqual([]);
  },
  { case: 'what a server of the modern era asks inside a result', timeoutMs: 90_000 },
);

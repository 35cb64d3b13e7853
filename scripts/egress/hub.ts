import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { CallDetail, Page, SessionDetail, SessionView } from '@spoor/core';
import type { ToolDefinition } from '@spoor/detect';
import { locateHome, readHubAddress, readToken } from '@spoor/edge/home';
import { type Case, type Move, movesOf, type Outcome, TOOLS } from './cases.ts';

const SPOOR = fileURLToPath(new URL('../../packages/cli/bin/spoor.mjs', import.meta.url));
const AGENT = fileURLToPath(new URL('agent.ts', import.meta.url));

export interface ThroughHub {
  readonly outcomes: readonly Outcome[];
  /** Does `spoor ledger verify` find all of it in order? */
  readonly verified: boolean;
  /** In the ledger. */
  readonly size: number;
}

/** What one agent says, and where. */
export interface Talk {
  readonly url: string;
  readonly messages: readonly object[];
}

/** Plays the cases as traffic between agents, one process each, and a server behind a gateway. */
export async function throughHub(cases: readonly Case[]): Promise<ThroughHub> {
  const folder = mkdtempSync(join(tmpdir(), 'spoor-egress-'));
  const upstream = new Upstream();
  const stage = new Stage(folder);
  try {
    await stage.start(['hub', 'start', '--background', '--mode', 'enforce']);
    const target = await upstream.listen();
    const outcomes: Outcome[] = [];
    // The gateway that serves some cases is told of a server for each.
    for (let first = 0; first < cases.length; first += SERVERS_MAX) {
      const some = cases.slice(first, first + SERVERS_MAX);
      const file = join(folder, `gateway-${first}.yaml`);
      writeFileSync(file, serversFor(some, target));
      const line = await stage.start(['gateway', '--port', '0', '--file', file]);
      const url = /http:\/\/[^/\s]+/.exec(line)?.[0] ?? '';
      for (const [at, one] of some.entries()) {
        upstream.moves = movesOf(one);
        const talk = { url: `${url}/${at}`, messages: messagesOf(upstream.moves) };
        outcomes.push(await stage.play(one, talk));
      }
    }
    return { outcomes, ...stage.verify() };
  } finally {
    await stage.stop();
    upstream.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }
}

const SERVERS_MAX = 16;

/** Each case has a server of its own: what one says of its tools is no change of another. */
const serversFor = (cases: readonly Case[], url: string): string =>
  JSON.stringify({
    upstreams: cases.map(({ id }, at) => ({ name: id.slice(0, 60), url, path: `/${at}` })),
  });

/** Ids of messages say which move they are. */
const FIRST_ID = 1_000;

function messagesOf(moves: readonly Move[]): readonly object[] {
  const clientInfo = { name: 'agent', version: '1' };
  const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo };
  const ask = (id: number, method: string, asked: object): object => {
    return { jsonrpc: '2.0', id, method, params: asked };
  };
  return [
    ask(1, 'initialize', params),
    ask(2, 'tools/list', {}),
    ...moves.map((move, at) =>
      move.kind === 'list'
        ? ask(FIRST_ID + at, 'tools/list', {})
        : ask(FIRST_ID + at, 'tools/call', { name: move.tool, arguments: move.args }),
    ),
  ];
}

/** A server that says what the case wants it to say. */
class Upstream {
  moves: readonly Move[] = [];
  readonly #server: Server = createServer((request, response) => {
    void this.#answer(request).then((answer) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(answer));
    });
  });

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/mcp`;
  }

  async #answer(request: IncomingMessage): Promise<object> {
    const { id, method } = JSON.parse(await text(request)) as { id: number; method: string };
    return { jsonrpc: '2.0', id, result: this.#result(id, method) };
  }

  #result(id: number, method: string): object {
    const move = this.moves[id - FIRST_ID];
    if (method === 'initialize') {
      const serverInfo = { name: 's', version: '1' };
      return { protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo };
    }
    if (move?.kind === 'call') return { content: [{ type: 'text', text: move.answer }] };
    return { tools: (move?.tools ?? [...TOOLS, ...calledIn(this.moves)]).map(withSchema) };
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/** Of tools that a case calls and does not list, only the name is known. */
function calledIn(moves: readonly Move[]): readonly ToolDefinition[] {
  const called = new Set(moves.flatMap((move) => (move.kind === 'call' ? [move.tool] : [])));
  for (const { name } of TOOLS) called.delete(name);
  return [...called].map((name) => ({ name }));
}

const withSchema = (tool: object): object => ({ inputSchema: { type: 'object' }, ...tool });

/** A hub and a gateway of their own. */
class Stage {
  readonly #folder: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #running: ReturnType<typeof spawn>[] = [];
  readonly #known = new Set<string>();

  constructor(folder: string) {
    this.#folder = folder;
    const home = { HOME: folder, SPOOR_HOME: join(folder, 'state'), SPOOR_PORT: '0' };
    this.#env = { ...process.env, ...home, SPOOR_BUDGET_MS: '5000', SPOOR_AUTOSTART: 'false' };
  }

  /** Its first line. */
  async start(words: readonly string[]): Promise<string> {
    const child = spawn(process.execPath, [SPOOR, ...words], {
      env: this.#env,
      cwd: this.#folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#running.push(child);
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    return line.toString().split('\n')[0] ?? '';
  }

  async play({ id, category, expected_verdict: expected }: Case, talk: Talk): Promise<Outcome> {
    const agent = spawn(process.execPath, [AGENT], { stdio: ['pipe', 'ignore', 'inherit'] });
    agent.stdin.end(JSON.stringify(talk));
    const [code] = (await once(agent, 'exit')) as [number | null];
    if (code !== 0) throw new Error(`the agent of ${id} ended with ${code}`);
    const asked = talk.messages.length - 1;
    const { observations, alerts } = await this.#session(asked);
    const rules = new Set(observations.flatMap(({ detected = [] }) => detected));
    for (const { rule } of alerts) rules.add(rule.id);
    const call = observations.at(-1);
    const detail = call && (await this.#api<CallDetail>(`calls/${call.id}`));
    const denied = observations.some(({ outcome }) => outcome === 'denied');
    const entries = detail?.ledger.length ?? 0;
    return { id, category, expected, rules: [...rules], denied, entries };
  }

  /** The session that is new, when everything that was asked in it has ended. */
  async #session(asked: number): Promise<SessionDetail> {
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const { rows } = await this.#api<Page<SessionView>>('sessions?limit=10');
      const row = rows.find((one) => !this.#known.has(one.id));
      const detail = row && (await this.#api<SessionDetail>(`sessions/${row.id}`));
      const ended = detail?.observations.filter(({ outcome }) => outcome !== 'pending');
      if (row !== undefined && detail !== undefined && (ended?.length ?? 0) >= asked) {
        this.#known.add(row.id);
        return detail;
      }
      await setTimeout(TRY_EVERY_MS);
    }
    throw new Error('the session did not come to the store');
  }

  async #api<Value>(path: string): Promise<Value> {
    const home = locateHome(this.#env);
    const url = `${readHubAddress(home)?.url}/api/v1/${path}`;
    const answer = await fetch(url, { headers: { authorization: `Bearer ${readToken(home)}` } });
    return (await answer.json()) as Value;
  }

  verify(): Pick<ThroughHub, 'verified' | 'size'> {
    const words = [SPOOR, 'ledger', 'verify', '--json'];
    const { stdout } = spawnSync(process.execPath, words, { env: this.#env, encoding: 'utf8' });
    const { status, size = 0 } = JSON.parse(stdout) as { status: string; size?: number };
    // Nobody else has a copy of this log, and none is asked for.
    return { verified: status === 'ok' || status === 'unwitnessed', size };
  }

  async stop(): Promise<void> {
    for (const child of this.#running.toReversed()) {
      if (child.exitCode !== null) continue;
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
  }
}

const TRIES_MAX = 400;
const TRY_EVERY_MS = 25;

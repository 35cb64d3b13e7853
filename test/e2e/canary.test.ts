import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { HubView } from '@spoor/core';
import { expect } from 'vitest';
import { lint } from '../../packages/hub/test/support/conventions.ts';
import { decodeSpans } from '../../packages/hub/test/support/otlp.ts';
import { CANARY, canary } from '../fixtures/canaries.ts';
import { verifies } from '../verifies.ts';
import { collector } from './collector.ts';
import { all, ending, FIXTURES, kill, NODE, until, World } from './support.ts';

/** Requests with a canary in every field that a client fills. */
function conversation(): string {
  const meta = {
    traceparent: canary('traceparent'),
    tracestate: `v=${canary('tracestate')}`,
    baggage: `user=${canary('baggage')}`,
    progressToken: canary('progress'),
    'example.com/x': canary('meta'),
  };
  const call = (id: unknown, name: string, query: string): object => ({
    id,
    method: 'tools/call',
    params: { name, arguments: { query, [canary('key')]: 1 }, _meta: meta },
  });
  const modern = {
    ...meta,
    'io.modelcontextprotocol/protocolVersion': canary('version'),
    'io.modelcontextprotocol/clientInfo': { name: canary('client2') },
  };
  const messages = [
    {
      id: 1,
      method: 'initialize',
      params: {
        protocolVersion: '2025-11-25',
        capabilities: {},
        clientInfo: { name: canary('client'), version: canary('clientversion') },
      },
    },
    { method: 'notifications/initialized', params: { _meta: meta } },
    { id: 2, method: 'tools/list', params: { cursor: canary('cursor'), _meta: meta } },
    call(canary('id'), 'lookup', canary('argument')),
    call(4, 'fail', `${canary('mail')}@leak.example`),
    call(5, 'soft', 'x'),
    call(6, canary('toolname'), 'x'),
    call(7, `no plain name ${canary('oddname')}`, 'x'),
    {
      id: 8,
      method: 'resources/read',
      params: { uri: `file:///home/${canary('uri')}`, _meta: meta },
    },
    {
      id: 9,
      method: 'prompts/get',
      params: { name: `odd ${canary('promptname')}`, arguments: { a: canary('promptargument') } },
    },
    {
      id: 12,
      method: 'tools/call',
      params: {
        name: 'lookup',
        arguments: {},
        requestState: canary('state'),
        inputResponses: { [canary('question')]: { action: canary('answer'), _meta: meta } },
      },
    },
    {
      method: 'notifications/progress',
      params: { progressToken: canary('progress2'), progress: 1, message: canary('progress3') },
    },
    { id: 10, method: canary('method'), params: { x: canary('param') } },
    { id: 11, method: 'tools/call', params: { name: 'lookup', arguments: {}, _meta: modern } },
    { id: canary('answered'), result: { content: canary('sample') } },
  ];
  return `${messages.map((message) => JSON.stringify({ jsonrpc: '2.0', ...message })).join('\n')}\n{"${canary('broken')}":\n`;
}

function* filesUnder(folder: string): Iterable<string> {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name);
    if (statSync(path).isFile()) yield path;
  }
}

/**
 * What the redacted projection may show: its text, and the names of arguments, which are the shape
 * of a call.
 */
const SHOWN = new Set(['projection', 'paths', 'at', 'to', 'newKeys', 'newTypes']);

const found = (text: string): string[] => [...new Set(text.match(CANARY))];
/**
 * A tool's name stands on spans and in the ledger, by the conventions: only names that are plain.
 */
const NAMES = new Set([canary('toolname')]);
const leaks = (text: string): string[] => found(text).filter((word) => !NAMES.has(word));

verifies(
  'export:canaries',
  async () => {
    const world = new World();
    const sink = await collector();
    expect(world.call('keys', 'init', '--no-passphrase', '--out', world.folder).code).toBe(0);
    const hub = await world.hub('--otlp-endpoint', sink.url);
    const hubSays = all(hub.stderr);
    const client = world.spoor(
      'run',
      '--name',
      'talkative',
      '--',
      NODE,
      join(FIXTURES, 'talkative-server.ts'),
    );
    const answers = all(client.stdout);
    const wrapperSays = all(client.stderr);
    client.stdin.end(conversation());
    await ending(client);
    await until(
      () => sink.bytes().includes('tools/call lookup'),
      (seen) => seen,
    );
    const { counts } = await world.api<HubView>('hub');
    expect(counts.notWritten).toBe(0);
    await kill(hub, 'SIGTERM');

    // The test would prove nothing if the talk had not taken place.
    expect(found(await answers).length).toBeGreaterThan(8);
    const spans = sink.bytes().toString('latin1');
    expect(spans).toContain('mcp.method.name');
    expect(spans).toContain('resources/read');
    expect(sink.bodies.flatMap(decodeSpans).flatMap(lint)).toEqual([]);
    expect(leaks(spans)).toEqual([]);
    expect(leaks(`${await hubSays}${await wrapperSays}`)).toEqual([]);

    for (const path of filesUnder(world.state)) {
      if (path.includes('store.db')) continue;
      expect([path, leaks(readFileSync(path, 'latin1'))]).toEqual([path, []]);
    }
    const db = new DatabaseSync(join(world.state, 'store.db'));
    const rows = ['observation', 'alert', 'definition', 'binding', 'norm'].flatMap((table) =>
      db.prepare(`SELECT body FROM ${table}`).all(),
    );
    expect(rows.length).toBeGreaterThan(10);
    const bodies = rows.map((row) => String(row.body));
    const outside = bodies.map((body) =>
      JSON.stringify(JSON.parse(body), (key, value) => (SHOWN.has(key) ? undefined : value)),
    );
    expect(leaks(outside.join('\n'))).toEqual([]);
    // Inside the projection, personal data is masked.
    expect(bodies.join('\n')).not.toContain('leak.example');
    db.close();
  },
  { timeoutMs: 60_000 },
);

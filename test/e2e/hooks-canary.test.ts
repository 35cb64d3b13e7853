import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'vitest';
import { CANARY, canary } from '../fixtures/canaries.ts';
import { verifies } from '../verifies.ts';
import { collector } from './collector.ts';
import { all, ending, kill, until, World } from './support.ts';

const session = canary('session');
const use = {
  session_id: session,
  transcript_path: `/home/${canary('path')}`,
  cwd: `/home/${canary('cwd')}`,
  tool_name: 'Bash',
  tool_input: { command: canary('command'), description: canary('description') },
  tool_use_id: canary('usage'),
  [canary('member')]: canary('value'),
};

/** Events with a canary in every field that a host fills. */
const EVENTS: readonly (readonly [host: string, event: object])[] = [
  ['claude-code', { ...use, hook_event_name: 'UserPromptSubmit', prompt: canary('prompt') }],
  ['claude-code', { ...use, hook_event_name: 'PreToolUse' }],
  [
    'claude-code',
    { ...use, hook_event_name: 'PostToolUse', tool_response: { stdout: canary('output') } },
  ],
  [
    'claude-code',
    {
      ...use,
      hook_event_name: 'PreToolUse',
      tool_name: `mcp__odd ${canary('server')}__odd ${canary('tool')}`,
      tool_use_id: canary('second'),
    },
  ],
  [
    'cursor',
    {
      conversation_id: canary('conversation'),
      generation_id: canary('generation'),
      hook_event_name: 'beforeReadFile',
      file_path: `/home/${canary('file')}`,
      content: canary('content'),
      user_email: `${canary('mail')}@leak.example`,
    },
  ],
  ['claude-code', { ...use, hook_event_name: canary('event') }],
];

const found = (text: string): string[] => [...new Set(text.match(CANARY))];

const filesUnder = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());

verifies(
  'hook:canaries',
  async () => {
    const world = new World({ SPOOR_PROJECTION: 'false' });
    const sink = await collector();
    expect(world.call('keys', 'init', '--no-passphrase', '--out', world.folder).code).toBe(0);
    const hub = await world.hub('--otlp-endpoint', sink.url);
    const hubSays = all(hub.stderr);
    let said = '';
    for (const [host, event] of EVENTS) {
      const child = world.spoor('hook', host);
      child.stdin.end(JSON.stringify(event));
      said += (await all(child.stdout)) + (await all(child.stderr));
      expect((await ending(child)).code).toBe(0);
    }
    await until(
      () => sink.bytes().includes('tools/call Bash'),
      (seen) => seen,
    );
    await kill(hub, 'SIGTERM');
    expect(found(said)).toEqual([]);
    expect(found(await hubSays)).toEqual([]);
    expect(found(sink.bytes().toString('latin1'))).toEqual([]);
    for (const path of filesUnder(world.state)) {
      if (path.includes('store.db')) continue;
      expect([path, found(readFileSync(path, 'latin1'))]).toEqual([path, []]);
    }
    const db = new DatabaseSync(join(world.state, 'store.db'));
    const rows = ['observation', 'alert', 'binding'].flatMap((table) =>
      db.prepare(`SELECT body FROM ${table}`).all(),
    );
    expect(rows.length).toBeGreaterThan(4);
    expect(found(rows.map((row) => String(row.body)).join('\n'))).toEqual([]);
    db.close();
  },
  { timeoutMs: 60_000 },
);

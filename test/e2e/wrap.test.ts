import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Page, SessionDetail, SessionView } from '@spoor/core';
import { describe, expect, test } from 'vitest';
import { verifies } from '../verifies.ts';
import {
  all,
  ending,
  FIXTURES,
  firstLine,
  LAUNCHER,
  NODE,
  timed,
  until,
  World,
} from './support.ts';

const MIRROR = [NODE, join(FIXTURES, 'mirror.mjs')];
const wrapped = (...more: string[]): string[] => ['run', '--', ...MIRROR, ...more];

async function through(
  world: World,
  input: Buffer,
  ...more: string[]
): Promise<{ out: string; err: string; code: number | null; signal: string | null }> {
  const child = world.spoor(...wrapped(...more));
  const out = all(child.stdout);
  const err = all(child.stderr);
  child.stdin.end(input);
  return { out: await out, err: await err, ...(await ending(child)) };
}

describe('a wrapped server', () => {
  verifies(
    'relay:transparent',
    async () => {
      const junk = Buffer.concat([
        Buffer.from('{"jsonrpc":"2.0","id":1,"method":"ping"}\r\n\n{"half":'),
        randomBytes(70_000),
        Buffer.from('\n{"a":1,"a":2}\nno newline at the end'),
      ]);
      const { out, code } = await through(new World(), junk);
      expect(out).toBe(junk.toString('latin1'));
      expect(code).toBe(0);
    },
    { case: 'text, junk, invalid UTF-8, half a line at the end' },
  );

  verifies(
    'relay:giant-line',
    async () => {
      const line = Buffer.concat([
        Buffer.alloc(64 * 1024 * 1024, 'x'),
        Buffer.from('\n{"last":1}\n'),
      ]);
      const { out } = await through(new World(), line);
      expect(out.length).toBe(line.length);
      expect(out === line.toString('latin1')).toBe(true);
    },
    { case: '64 MB through a real wrapper', timeoutMs: 60_000 },
  );

  verifies(
    'relay:exit',
    async () => {
      const { code, err } = await through(
        new World(),
        Buffer.from('x\n'),
        '--exit',
        '42',
        '--stderr',
        'said\tso',
      );
      expect(code).toBe(42);
      // Our own line may come in the middle of theirs.
      expect(err.replace(/spoor: no hub answers.*\n/, '')).toBe('said\tso');
    },
    { case: 'exit code, and what it says on standard error' },
  );

  verifies(
    'relay:exit',
    async () => {
      const { signal } = await through(new World(), Buffer.from('x\n'), '--signal', 'SIGTERM');
      expect(signal).toBe('SIGTERM');
    },
    { case: 'signal' },
  );

  verifies(
    'relay:exit',
    async () => {
      const world = new World();
      const child = world.spoor(...wrapped());
      child.stdin.write('hello\n');
      await new Promise((resolve) => child.stdout.once('data', resolve));
      child.kill('SIGTERM');
      expect((await ending(child)).signal).toBe('SIGTERM');
    },
    { case: 'signal to us' },
  );

  verifies(
    'relay:exit',
    async () => {
      const call = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x"}}\n';
      const { out, code } = await through(new World(), Buffer.from(call), '--die-after', '10');
      expect(code).toBe(9);
      expect(out).toBe(call);
    },
    { case: 'in the midst of a call, without an invented answer' },
  );
});

verifies(
  'relay:exit',
  async () => {
    const world = new World();
    // The child of the server keeps its standard output; its number is the server's last word.
    const child = world.spoor('run', '--', 'sh', '-c', 'sleep 60 2>/dev/null & echo $!; exit 7');
    const heir = Number(await firstLine(child));
    try {
      const { value, ms } = await timed(() => ending(child));
      expect(value.code).toBe(7);
      // The heir holds it open for a minute.
      expect(ms).toBeLessThan(20_000);
    } finally {
      process.kill(heir);
    }
  },
  { case: 'although a child of the server keeps its standard output open' },
);

/** What a command finds where it is started, under a mask of its own, directly or wrapped. */
async function found(world: World, ...prefix: string[]): Promise<Record<string, unknown>> {
  const look = '({ umask: process.umask(), cwd: process.cwd(), env: process.env })';
  const command = [...prefix, NODE, '-p', `JSON.stringify(${look})`];
  const child = world.start(['sh', '-c', 'umask 027; "$@"', 'sh', ...command]);
  return JSON.parse(await all(child.stdout)) as Record<string, unknown>;
}

verifies('relay:environment', async () => {
  const world = new World({ ASKED: 'for', SPOOR_AUTOSTART: 'true' });
  const direct = await found(world);
  const wrapped = await found(world, NODE, LAUNCHER, 'run', '--');
  expect(world.call('hub', 'stop').code).toBe(0);
  const kept = Object.entries(direct.env as object).filter(([name]) => !name.startsWith('SPOOR_'));
  expect(wrapped).toEqual({ ...direct, env: Object.fromEntries(kept) });
  expect(wrapped.umask).toBe(0o027);
});

const SHARE = 'create_shareable_link';
const CALL = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"${SHARE}"}}\n`;

verifies('relay:stdout', async () => {
  const child = new World().spoor('run', '--enforce', '--', ...MIRROR);
  const out = all(child.stdout);
  // Without a hub the call is denied; what the mirror says comes through as it is.
  child.stdin.end(
    `{"jsonrpc":"2.0","method":"before"}\n${CALL}{"jsonrpc":"2.0","method":"after"}\n`,
  );
  const lines = (await out).split('\n');
  expect(lines.toSorted()).toEqual([
    '',
    expect.stringMatching(/^\{"jsonrpc":"2\.0","id":1,"result":.*Case c-.*"isError":true/),
    '{"jsonrpc":"2.0","method":"after"}',
    '{"jsonrpc":"2.0","method":"before"}',
  ]);
  expect((await ending(child)).code).toBe(0);
});

verifies(
  'relay:unreadable-passes',
  async () => {
    const world = new World();
    await world.hub();
    const { out } = await through(world, Buffer.from('{"a":1,"a":2}\n'));
    expect(out).toBe('{"a":1,"a":2}\n');
    const seen = await until(
      async () => {
        const { rows } = await world.api<Page<SessionView>>('sessions');
        const { observations = [] } = await world.api<SessionDetail>(`sessions/${rows[0]?.id}`);
        return observations.filter(({ kind }) => kind === 'system');
      },
      ({ length }) => length > 0,
    );
    expect(seen[0]).toMatchObject({ outcome: 'protocol_error', errorType: 'duplicate_key' });
  },
  { case: 'through a real wrapper' },
);

describe('a command that cannot be started', () => {
  verifies(
    'relay:exit',
    () => {
      const { code, stderr, stdout } = new World().call('run', '--', 'no-such-command-here');
      expect(code).toBe(127);
      expect(stderr).toContain('COMMAND_NOT_FOUND');
      expect(stdout).toBe('');
    },
    { case: 'never started' },
  );

  test('that is no command gets the usage', () => {
    const { code, stderr } = new World().call('run', 'oops');
    expect(code).toBe(2);
    expect(stderr).toContain('USAGE');
  });
});

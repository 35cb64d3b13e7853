import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { all, ending, FIXTURES, NODE, World } from './support.ts';

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
  test('gets and gives every byte: text, junk, invalid UTF-8, half a line at the end', async () => {
    const junk = Buffer.concat([
      Buffer.from('{"jsonrpc":"2.0","id":1,"method":"ping"}\r\n\n{"half":'),
      randomBytes(70_000),
      Buffer.from('\n{"a":1,"a":2}\nno newline at the end'),
    ]);
    const { out, code } = await through(new World(), junk);
    expect(out).toBe(junk.toString('latin1'));
    expect(code).toBe(0);
  });

  test('gets a line of 64 MB without our holding it', async () => {
    const line = Buffer.concat([
      Buffer.alloc(64 * 1024 * 1024, 'x'),
      Buffer.from('\n{"last":1}\n'),
    ]);
    const { out } = await through(new World(), line);
    expect(out.length).toBe(line.length);
    expect(out === line.toString('latin1')).toBe(true);
  }, 60_000);

  test('ends as it ends: exit code, and what it says on standard error', async () => {
    const { code, err } = await through(
      new World(),
      Buffer.from('x\n'),
      '--exit',
      '42',
      '--stderr',
      'said\tso',
    );
    expect(code).toBe(42);
    expect(err.replace(/^spoor: no hub answers.*\n/m, '')).toBe('said\tso');
  });

  test('ends as it ends: signal', async () => {
    const { signal } = await through(new World(), Buffer.from('x\n'), '--signal', 'SIGTERM');
    expect(signal).toBe('SIGTERM');
  });

  test('is told of a signal to us, and we end with it', async () => {
    const world = new World();
    const child = world.spoor(...wrapped());
    child.stdin.write('hello\n');
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.kill('SIGTERM');
    expect((await ending(child)).signal).toBe('SIGTERM');
  });

  test('that dies while a call is open leaves its code and no invented answer', async () => {
    const call = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x"}}\n';
    const { out, code } = await through(new World(), Buffer.from(call), '--die-after', '10');
    expect(code).toBe(9);
    expect(out).toBe(call);
  });

  test('sees nothing of Spoor in its environment', async () => {
    const world = new World();
    const child = world.spoor('run', '--', NODE, '-p', 'JSON.stringify(process.env)');
    const env = JSON.parse(await all(child.stdout)) as Record<string, string>;
    expect(Object.keys(env).filter((name) => name.startsWith('SPOOR_'))).toEqual([]);
    expect(env.PATH).toBe(world.env.PATH);
  });
});

describe('a command that cannot be started', () => {
  test('is named, with the code that a shell would give', () => {
    const { code, stderr, stdout } = new World().call('run', '--', 'no-such-command-here');
    expect(code).toBe(127);
    expect(stderr).toContain('COMMAND_NOT_FOUND');
    expect(stdout).toBe('');
  });

  test('that is no command gets the usage', () => {
    const { code, stderr } = new World().call('run', 'oops');
    expect(code).toBe(2);
    expect(stderr).toContain('USAGE');
  });
});

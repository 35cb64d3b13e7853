import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { STORIES } from './stories.ts';

const HOST = new URL('host.ts', import.meta.url).pathname;
const DENY = new URL('fixtures/deny.ts', import.meta.url).pathname;

const denying = (tool: string): string => JSON.stringify([process.execPath, DENY, tool, '--']);

let workdir = '';
beforeEach(() => {
  workdir = mkdtempSync(join(tmpdir(), 'spoor-host-'));
});
afterEach(() => rmSync(workdir, { recursive: true, force: true }));

interface Run {
  readonly code: number | null;
  readonly lines: readonly Record<string, unknown>[];
}

const play = (story: string, flags: readonly string[] = [], prefix = '[]'): Promise<Run> =>
  new Promise((resolve, reject) => {
    const args = [HOST, '--story', story, '--workdir', workdir, '--json', '--prefix', prefix];
    if (!flags.includes('--intent')) args.push('--intent', '[]');
    const child = spawn(process.execPath, [...args, ...flags], {
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 15_000,
    });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
    });
    child.once('error', reject);
    child.once('close', (code) => {
      const lines = text.split('\n').filter((line) => line !== '');
      resolve({ code, lines: lines.map((line) => JSON.parse(line)) });
    });
  });

const statuses = ({ lines }: Run): unknown[] => lines.map(({ status }) => status);

describe('stories', () => {
  test.each(STORIES)('$name uses only servers that it starts, denial last', (story) => {
    for (const step of story.steps) expect(story.servers).toContain(step.server);
    const denials = story.steps.map(({ expect: expected }) => expected === 'denied');
    expect(denials.slice(0, -1)).not.toContain(true);
  });
});

describe('host', () => {
  test('plays ordinary work on the official servers', async () => {
    const run = await play('ordinary');
    expect(run.code).toBe(0);
    expect(new Set(statuses(run))).toEqual(new Set(['ok']));
    expect(readFileSync(join(workdir, 'files', 'summary.md'), 'utf8')).toContain('Ina');
    expect(readFileSync(join(workdir, 'memory.jsonl'), 'utf8')).toContain('Tomas');
  });

  test('the chain is as expected only when its last call is denied', async () => {
    const open = await play('chain');
    expect(open.code).toBe(1);
    expect(statuses(open)).toEqual(Array(8).fill('ok'));

    const denied = await play('chain', [], denying('create_shareable_link'));
    expect(denied.code).toBe(0);
    expect(denied.lines.at(-1)).toEqual({
      story: 'chain',
      step: 8,
      server: 'drive',
      tool: 'create_shareable_link',
      status: 'denied',
      case: 'c-bcdfg23456',
    });
  });

  test('a denial in the middle is not what the story expects', async () => {
    const run = await play('chain', [], denying('code_interpreter'));
    expect(run.code).toBe(1);
  });

  test('renamed tools play the same story', async () => {
    const run = await play('chain', ['--rename'], denying('op_31'));
    expect(run.code).toBe(0);
    expect(run.lines.at(-1)).toMatchObject({ tool: 'op_31', status: 'denied' });
  });

  test('the secret may leave only when the user asked for it', async () => {
    expect((await play('secret', [], denying('create_shareable_link'))).code).toBe(0);
    expect((await play('secret-asked')).code).toBe(0);
    expect((await play('secret-asked', [], denying('create_shareable_link'))).code).toBe(1);
  });

  test('the intent command gets the prompt on stdin before the first call', async () => {
    const file = join(workdir, 'prompt.txt');
    const script = `process.stdin.pipe(require('fs').createWriteStream(${JSON.stringify(file)}))`;
    const intent = JSON.stringify([process.execPath, '-e', script]);
    expect((await play('secret-asked', ['--intent', intent])).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toContain('shareable link');
  });

  test('a server that does not start ends the story', async () => {
    const run = await play('secret', [], JSON.stringify([process.execPath, '-e', '0', '--']));
    expect(run).toEqual({ code: 1, lines: [] });
  });

  test.each([
    ['nosuch', []],
    ['chain', ['--prefix', 'node']],
    ['chain', ['--loud']],
  ] as const)('refuses --story %s %j', async (story, flags) => {
    expect((await play(story, flags)).code).toBe(2);
  });
});

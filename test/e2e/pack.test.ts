import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { HubView } from '@spoor/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from '../repository.ts';
import { verifies } from '../verifies.ts';
import { firstLine, NODE, type Piped, until } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'spoor-pack-'));
const prefix = join(folder, 'prefix');
const home = join(folder, 'home');
const config = join(home, '.cursor/mcp.json');
const LAUNCH = join(home, '.local/state/spoor/launcher/spoor-launch');

/** As in a new account: nothing of npm's, nothing of Spoor's. */
const env = { PATH: dirname(NODE), HOME: home, SPOOR_PORT: '0' };
let tarball = '';
let noRegistry = '';

beforeAll(() => {
  const packed = spawnSync(NODE, [join(ROOT, 'scripts/pack.ts'), '--out', join(folder, 'out')], {
    encoding: 'utf8',
  });
  expect(packed.status, packed.stderr).toBe(0);
  tarball = packed.stdout.trim().split('\n').at(-1) ?? '';
  const install = ['install', '-g', '--prefix', prefix, '--no-audit', '--no-fund', tarball];
  const { status, stderr } = spawnSync('npm', install, { encoding: 'utf8' });
  noRegistry = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH/.exec(stderr)?.[0] ?? '';
  if (noRegistry === '') expect(status, stderr).toBe(0);
}, 180_000);

afterAll(() => {
  spawnSync(LAUNCH, ['hub', 'stop'], { env });
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

const spoorPath = (): string => join(prefix, 'bin/spoor');

function spoor(...words: string[]): { status: number | null; stdout: string; stderr: string } {
  mkdirSync(home, { recursive: true });
  return spawnSync(spoorPath(), words, { env, cwd: home, encoding: 'utf8' });
}

/** One call of a tool, as a client would start the configured server: without a PATH. */
async function callWrapped(): Promise<{ answer: string; stderr: string }> {
  const { mcpServers } = JSON.parse(readFileSync(config, 'utf8')) as {
    mcpServers: { mirror: { command: string; args: string[] } };
  };
  const { command, args } = mcpServers.mirror;
  const child: Piped = spawn(command, args, { env: { SPOOR_PORT: '0', HOME: home }, cwd: home });
  const stderr: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const answered = firstLine(child);
  child.stdin.end(
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":{}}}\n',
  );
  const answer = await answered;
  await once(child, 'close');
  return { answer, stderr: Buffer.concat(stderr).toString() };
}

describe('the packed command', () => {
  test('has in it what it should, and nothing of the machine that packed it', () => {
    const out = join(folder, 'unpacked');
    mkdirSync(out);
    spawnSync('tar', ['xzf', tarball, '-C', out]);
    const files = readdirSync(out, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    const names = files.map((file) => file.slice(join(out, 'package/').length));
    for (const wanted of [
      'LICENSE',
      'README.md',
      'bin/spoor.mjs',
      'dist/main.js',
      'web/index.html',
    ]) {
      expect(names).toContain(wanted);
    }
    expect(names.filter((name) => /\.tsx?$|\.map$|(?:^|\/)test\/|\.stamp$/.test(name))).toEqual([]);
    const machine = [ROOT, folder, join(homedir(), '.npm')];
    const telling = files.filter((file) => {
      const text = readFileSync(file, 'utf8');
      return machine.some((word) => text.includes(word)) || text.includes('sourceMappingURL=');
    });
    expect(telling).toEqual([]);
  });

  test('leads to files that are there, in all its manifests', () => {
    const root = join(folder, 'unpacked/package');
    const ours = readdirSync(join(root, 'node_modules/@spoor'));
    expect(ours).toContain('hub');
    for (const at of ['.', ...ours.map((name) => `node_modules/@spoor/${name}`)]) {
      const manifest = JSON.parse(readFileSync(join(root, at, 'package.json'), 'utf8')) as {
        license: string;
        bin?: Record<string, string>;
        exports: Record<string, string>;
      };
      expect(manifest.license).toBe('Apache-2.0');
      for (const path of [
        ...Object.values(manifest.bin ?? {}),
        ...Object.values(manifest.exports),
      ]) {
        expect(readFileSync(join(root, at, path), 'utf8').length).toBeGreaterThan(0);
      }
    }
  });
});

describe('installed globally into an empty prefix', () => {
  verifies(
    'cli:packed',
    async ({ skip }) => {
      if (noRegistry !== '') skip(`no package registry can be reached: ${noRegistry}`);
      expect(spoor('--help').stdout).toContain('spoor <command>');
      const lint = spoor('rules', 'lint');
      expect(lint.stderr).toBe('');
      expect(lint).toMatchObject({
        status: 0,
        stdout: expect.stringMatching(/^[1-9]\d* rules, 0 problems/),
      });
      mkdirSync(dirname(config), { recursive: true });
      const server = join(ROOT, 'test/fixtures/mirror.mjs');
      const before = `{\n\t"mcpServers": { "mirror": { "command": "${NODE}", "args": ["${server}"] } }\n}\n`;
      writeFileSync(config, before);
      expect(spoor('init', '--yes')).toMatchObject({ status: 0 });

      const first = await callWrapped();
      expect(JSON.parse(first.answer)).toMatchObject({ id: 1 });
      expect(first.stderr).not.toContain('starts without it');

      const status = (): { url: string } & HubView =>
        JSON.parse(spoor('hub', 'status', '--json').stdout) as { url: string } & HubView;
      await until(
        () => spoor('hub', 'status').status,
        (code) => code === 0,
      );
      const { url, rules, ruleProblems } = status();
      expect(rules).toBeGreaterThan(5);
      expect(ruleProblems).toBe(0);
      await until(status, ({ calls24h }) => calls24h > 0);
      const page = await (await fetch(url)).text();
      const [, asset = ''] = /src="(\/assets\/[^"]+\.js)"/.exec(page) ?? [];
      expect((await fetch(`${url}${asset}`)).status).toBe(200);

      rmSync(prefix, { recursive: true });
      const later = await callWrapped();
      expect(JSON.parse(later.answer)).toMatchObject({ id: 1 });
      expect(later.stderr).not.toContain('starts without it');
      expect(spawnSync(LAUNCH, ['undo'], { env, cwd: home }).status).toBe(0);
      expect(readFileSync(config, 'utf8')).toBe(before);
    },
    { timeoutMs: 120_000 },
  );
});

import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { formatAddCheckpoint } from '@spoor/ledger/witness';
import { expect } from 'vitest';
import { entries, signerOf, Tree } from '../../packages/ledger/test/witness/logs.ts';
import { verifies } from '../verifies.ts';
import { firstLine, kill, type Piped, World } from './support.ts';

const ORIGIN = 'log.example/one';
const log = signerOf(ORIGIN);
const tree = new Tree(entries(4_000));
const fork = new Tree([...entries(5), ...entries(3_995, 'other')]);

/** A witness in a world of its own, which knows one log. */
function newWitness(): { readonly world: World; readonly folder: string } {
  const world = new World();
  const folder = join(world.folder, 'witness');
  const keys = join(world.folder, 'keys');
  writeFileSync(keys, `# A log\n${log.verifierKey}\n`);
  const made = world.call('witness', 'init', '--dir', folder, '--log', keys, '--name', 'w.example');
  expect(made.code).toBe(0);
  expect(made.stdout).toContain(readFileSync(join(folder, 'witness.vkey'), 'utf8').trim());
  return { world, folder };
}

async function run(
  { world, folder }: ReturnType<typeof newWitness>,
  ...flags: string[]
): Promise<{ readonly child: Piped; readonly url: string }> {
  const child = world.spoor('witness', 'run', '--dir', folder, '--listen', '127.0.0.1:0', ...flags);
  const line = await firstLine(child);
  const [, url = ''] = /Witness at (\S+),/.exec(line) ?? [];
  return { child, url };
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const send = (
  url: string,
  body: string | Uint8Array,
  { path = '/add-checkpoint', method = 'POST', headers = {} } = {},
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const options = { method, headers, agent: false, timeout: 5_000 };
    const asked = request(url + path, options, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => {
        const type = response.headers['content-type'] ?? '';
        resolve({ status: response.statusCode ?? 0, type, body: text });
      });
      response.on('error', reject);
    });
    asked.on('error', reject);
    asked.end(body);
  });

const grow = (of: Tree, old: number, size: number): string =>
  formatAddCheckpoint(old, of.proof(old, size), of.note(log, ORIGIN, size));

verifies(
  'witness:protocol',
  async () => {
    const started = newWitness();
    const { child, url } = await run(started);
    const cosigned = await send(url, grow(tree, 0, 7));
    expect(cosigned).toMatchObject({ status: 200, type: 'text/plain; charset=utf-8' });
    expect(cosigned.body).toMatch(/^\u2014 w\.example [A-Za-z0-9+/=]+\n$/);
    expect(await send(url, grow(tree, 3, 9))).toEqual({
      status: 409,
      type: 'text/x.tlog.size',
      body: '7\n',
    });
    // Two histories: the proof of that is kept.
    expect(await send(url, grow(fork, 7, 7))).toMatchObject({ status: 422 });
    const [name = ''] = readdirSync(join(started.folder, 'evidence'));
    const kept = readFileSync(join(started.folder, 'evidence', name), 'utf8');
    expect(kept).toBe(fork.note(log, ORIGIN, 7));
    // Nobody reaches it by another name, from a page, by another way or at any length.
    const evil = { headers: { host: 'evil.example' } };
    expect(await send(url, grow(tree, 7, 9), evil)).toMatchObject({ status: 421 });
    const page = { headers: { origin: 'http://127.0.0.1' } };
    expect(await send(url, grow(tree, 7, 9), page)).toMatchObject({ status: 421 });
    expect(await send(url, '', { path: '/other' })).toMatchObject({ status: 404 });
    expect(await send(url, '', { method: 'PUT' })).toMatchObject({ status: 405 });
    const tooLong = await send(url, Buffer.alloc(200_000));
    expect(tooLong).toMatchObject({ status: 413 });
    const metrics = await send(url, '', { path: '/metrics', method: 'GET' });
    expect(metrics.body).toContain(`spoor_witness_log_size{origin="${ORIGIN}"} 7\n`);
    expect(metrics.body).toContain('spoor_witness_answers_total{status="409"} 1\n');
    // One process for a folder.
    const { world, folder } = started;
    const second = world.call('witness', 'run', '--dir', folder, '--listen', '127.0.0.1:0');
    expect(second.stderr).toContain('WITNESS_RUNNING');
    await kill(child, 'SIGTERM');
    expect(child.exitCode).toBe(0);
  },
  { case: 'over HTTP, by the command', timeoutMs: 60_000 },
);

verifies(
  'witness:silence',
  async () => {
    const started = newWitness();
    const { child, url } = await run(started, '--silent-after', '1');
    expect(await send(url, grow(tree, 0, 7))).toMatchObject({ status: 200 });
    const status = (...flags: string[]): ReturnType<World['call']> =>
      started.world.call('witness', 'status', '--dir', started.folder, '--json', ...flags);
    const fresh = status();
    expect(fresh.code).toBe(0);
    expect(JSON.parse(fresh.stdout).logs).toMatchObject([
      { origin: ORIGIN, size: 7, silent: false },
    ]);
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
    });
    while (!said.includes('SILENT')) await once(child.stderr, 'data');
    expect(said).toContain(ORIGIN);
    const stale = status('--silent-after', '1');
    expect(stale.code).toBe(6);
    expect(JSON.parse(stale.stdout).logs).toMatchObject([{ silent: true }]);
  },
  { timeoutMs: 60_000 },
);

const KILLS = 12;

verifies(
  'witness:kill',
  async () => {
    const started = newWitness();
    let newest = 0;
    let cosigned = 0;
    for (let round = 0; round < KILLS; round++) {
      const { child, url } = await run(started);
      // What was signed before the kill is still held, and nothing else is signed in its place.
      const held = await send(url, grow(tree, 3_999, 4_000));
      expect(held.status).toBe(409);
      expect(Number(held.body)).toBeGreaterThanOrEqual(newest);
      const size = Number(held.body);
      if (size > 5) {
        expect(await send(url, grow(fork, size, size))).toMatchObject({ status: 422 });
        expect(await send(url, grow(fork, size, size + 1))).toMatchObject({ status: 422 });
      }
      newest = size;
      const ended = once(child, 'exit');
      // Three of four die at work, whatever the machine's speed; the fourth may die before.
      for (let n = 0; n < (round % 4 === 3 ? 0 : 2); n++) {
        expect(await send(url, grow(tree, newest, newest + 7))).toMatchObject({ status: 200 });
        newest += 7;
        cosigned += 1;
      }
      setTimeout(() => child.kill('SIGKILL'), 20 + ((round * 37) % 150));
      for (;;) {
        const answer = await send(url, grow(tree, newest, newest + 7)).catch(() => undefined);
        if (answer === undefined) break;
        expect(answer.status).toBe(200);
        newest += 7;
        cosigned += 1;
      }
      await ended;
    }
    expect(cosigned).toBeGreaterThan(KILLS);
  },
  { timeoutMs: 120_000 },
);

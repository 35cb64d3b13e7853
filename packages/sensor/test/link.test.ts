import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeWire, WireDecoder } from '@spoor/edge/codec';
import type { Sensed } from '@spoor/edge/wire';
import { expect, onTestFinished, test } from 'vitest';
import { Link, type Unacked } from '../src/link.ts';

interface Asked {
  readonly id: number;
  readonly op: string;
  readonly quiet?: boolean;
}

/** A hub's end of the wire that answers as the test says. */
async function hubEnd(
  answer: (asked: Asked, socket: Socket) => object | undefined,
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'spoor-link-'));
  const server = createServer((socket) => {
    const decoder = new WireDecoder();
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      for (const { json } of decoder.push(chunk)) {
        const said = answer(json as Asked, socket);
        if (said !== undefined) socket.write(encodeWire(said));
      }
    });
  });
  const path = join(folder, 's');
  await new Promise<void>((resolve) => server.listen(path, resolve));
  onTestFinished(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return path;
}

const observation = (id: string): Sensed =>
  ({ id, kind: 'tool.call', outcome: 'pending' }) as unknown as Sensed;

async function opened(path: string): Promise<{ link: Link; lost: Promise<readonly Unacked[]> }> {
  const lost = Promise.withResolvers<readonly Unacked[]>();
  const { link } = await Link.open(path, {} as never, () => undefined, lost.resolve);
  return { link, lost: lost.promise };
}

const ids = (unacked: readonly Unacked[]): string[] => unacked.map((one) => one.observation.id);

test('what was posted and not acknowledged comes back when the connection breaks', async () => {
  let posted = 0;
  const path = await hubEnd(({ id, op, quiet }, socket) => {
    if (op === 'hello') return { id, ok: {} };
    posted += quiet === true ? 1 : 0;
    if (posted === 2) return { acked: id };
    if (posted === 4) socket.destroy();
    return undefined;
  });
  const { link, lost } = await opened(path);
  for (const id of ['a', 'b']) expect(link.post('begin', observation(id), [])).toBe(true);
  await new Promise((resolve) => setTimeout(resolve, 300));
  for (const id of ['c', 'd']) link.post('end', observation(id), []);
  expect(ids(await lost)).toEqual(['c', 'd']);
  expect(link.post('end', observation('e'), [])).toBe(false);
});

test('a hub that takes a connection and says nothing is none', async () => {
  const path = await hubEnd(() => undefined);
  const opening = Link.open(
    path,
    {} as never,
    () => undefined,
    () => undefined,
    50,
  );
  await expect(opening).rejects.toMatchObject({ code: 'HUB_UNREACHABLE' });
});

test('closing waits until all that was posted is taken', async () => {
  const taken: string[] = [];
  const path = await hubEnd((asked) => {
    taken.push(asked.op);
    return asked.quiet === true ? undefined : { id: asked.id, ok: {} };
  });
  const { link, lost } = await opened(path);
  for (let n = 0; n < 50; n++) link.post('end', observation(String(n)), []);
  await link.close();
  expect(taken.filter((op) => op === 'end')).toHaveLength(50);
  expect(await lost).toEqual([]);
});

test('a hub that acknowledges nothing is not posted to for ever', async () => {
  const path = await hubEnd(({ id, op }) => (op === 'hello' ? { id, ok: {} } : undefined));
  const { link } = await opened(path);
  let posts = 0;
  while (posts < 5_000 && link.post('end', observation('x'), [])) posts += 1;
  expect(posts).toBeGreaterThan(10);
  expect(posts).toBeLessThan(5_000);
});

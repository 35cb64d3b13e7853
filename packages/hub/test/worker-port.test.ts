import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { verifies } from '../../../test/verifies.ts';
import type { WorkerSettings } from '../src/bus.ts';
import { openSqliteStore } from '../src/store/sqlite.ts';
import { WorkerPort, type WorkerPortOptions } from '../src/worker-port.ts';
import { observation } from './support/build.ts';
import { temporaryFolder } from './support/folder.ts';

function options(part: Partial<WorkerSettings> = {}): WorkerPortOptions {
  const folder = temporaryFolder();
  return {
    settings: {
      storePath: join(folder, 'store.db'),
      ledgerPath: folder,
      webPath: folder,
      host: '127.0.0.1',
      port: 0,
      token: 'a'.repeat(64),
      version: '0.1.0',
      replayFromMs: 0,
      retentionMs: 1e12,
      storeBytesMax: 1e12,
      destinations: [],
      sinks: [],
      sinksPath: '',
      ingest: { host: '127.0.0.1' },
      exportPath: '',
      vault: {
        journalPath: join(folder, 'shredding.json'),
        holdsPath: join(folder, 'holds.json'),
        days: 90,
        ledgerDays: 0,
        bytesMax: 1e9,
      },
      ...part,
    },
    answer: async () => true,
    onDeath: () => undefined,
  };
}

const FRAGILE = new URL('./support/programs/fragile-worker.ts', import.meta.url);
const DYING = new URL('./support/programs/dying-worker.ts', import.meta.url);

test('hands records to the store before it ends', async () => {
  const given = options();
  const { port, loaded, url } = await WorkerPort.start(given);
  expect(loaded).toMatchObject({ lastSeq: 0, recent: [] });
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  for (let seq = 1; seq <= 50; seq++) port.record({ observations: [observation(seq)] });
  await port.close();
  const store = openSqliteStore(given.settings.storePath);
  onTestFinished(() => store.close());
  expect(store.lastSeq()).toBe(50);
  expect(port.counts).toMatchObject({ recordsDropped: 0, workerDied: 0, unstored: 0 });
});

verifies('hub:worker', async () => {
  const onDeath = vi.fn();
  const given = { ...options(), program: FRAGILE, onDeath };
  const { port, url } = await WorkerPort.start(given);
  port.record({ observations: [observation(1)] });
  await vi.waitFor(() => expect(onDeath).toHaveBeenCalledTimes(1), 30_000);
  expect(onDeath.mock.calls[0]?.[0]).toContain('broken');
  port.record({ observations: [observation(2), observation(3)] });
  // The next one serves at the same place.
  await vi.waitFor(() => expect(fetch(url)).resolves.toBeDefined(), 30_000);
  await port.close();
  const store = openSqliteStore(given.settings.storePath);
  onTestFinished(() => store.close());
  expect(store.replay(0, 10).map(({ seq }) => seq)).toEqual([1, 2, 3]);
  expect(port.counts).toMatchObject({ workerDied: 1, recordsDropped: 0 });
});

test('what a worker dies of twice is left out, counted', async () => {
  const onDeath = vi.fn();
  const { port } = await WorkerPort.start({ ...options(), program: DYING, onDeath });
  port.record({ observations: [observation(1)] });
  await vi.waitFor(() => expect(onDeath).toHaveBeenCalledTimes(2), 30_000);
  expect(port.counts).toMatchObject({ workerDied: 2, recordsDropped: 1 });
  await port.close();
});

test('a worker that is asked to end has not died', async () => {
  const onDeath = vi.fn();
  const { port } = await WorkerPort.start({ ...options(), onDeath });
  await port.close();
  expect(onDeath).not.toHaveBeenCalled();
});

test('a port in use and a store that is none are told by code', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  const taken = typeof address === 'object' ? (address?.port ?? 0) : 0;
  await expect(WorkerPort.start(options({ port: taken }))).rejects.toMatchObject({
    code: 'PORT_IN_USE',
  });
  await expect(WorkerPort.start(options({ storePath: temporaryFolder() }))).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
  });
});

import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, vi } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { SinkQueue } from '../../src/sinks/queue.ts';
import type { SinkConfig } from '../../src/sinks/sink.ts';
import { type Backend, startBackend } from '../support/backend.ts';
import { temporaryFolder } from '../support/folder.ts';
import { alertOf } from './alert.ts';

const TIMEOUT = { timeoutMs: 60_000 } as const;

const sinkTo = (url: string, more: Partial<SinkConfig> = {}): SinkConfig => ({
  name: 'hook',
  kind: 'webhook',
  url,
  index: 'spoor-alerts',
  level: 'low',
  rules: [],
  repeat: false,
  ...more,
});

async function open(sink: SinkConfig, folder: string): Promise<SinkQueue> {
  const queue = await SinkQueue.open(sink, folder, '1.0.0');
  onTestFinished(() => queue.close());
  return queue;
}

const idsAt = ({ received }: Backend): unknown[] =>
  received.map(({ headers }) => headers['webhook-id']);

const soon = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 30_000 });

verifies(
  'sinks:flaky',
  async () => {
    const backend = await startBackend();
    backend.answers.push({ status: 503 }, { status: 429, headers: { 'retry-after': '0' } });
    const queue = await open(sinkTo(backend.endpoint), temporaryFolder());
    queue.add(alertOf({ id: 'a' }));
    queue.add(alertOf({ id: 'b' }));
    await soon(() => expect(queue.view).toMatchObject({ sent: 2, waiting: 0, state: 'well' }));
    // The same name at every attempt, and in order.
    expect(idsAt(backend)).toEqual(['a.1', 'a.1', 'a.1', 'b.1']);
    expect(queue.view).toMatchObject({ failures: 2, dead: 0, dropped: 0 });
  },
  { case: 'answers that say later', ...TIMEOUT },
);

verifies(
  'sinks:flaky',
  async () => {
    const backend = await startBackend();
    backend.answers.push({ status: 400 });
    const folder = temporaryFolder();
    const queue = await open(sinkTo(backend.endpoint), folder);
    queue.add(alertOf({ id: 'a' }));
    queue.add(alertOf({ id: 'b' }));
    await soon(() => expect(queue.view).toMatchObject({ sent: 1, dead: 1, waiting: 0 }));
    expect(queue.view.lastFailure).toBe('HTTP 400');
    expect(await queue.revive()).toBe(1);
    await soon(() => expect(queue.view).toMatchObject({ sent: 2, dead: 0, waiting: 0 }));
    expect(idsAt(backend)).toEqual(['a.1', 'b.1', 'a.1']);
  },
  { case: 'what is refused is kept, and told again when asked for', ...TIMEOUT },
);

verifies(
  'sinks:flaky',
  async () => {
    const backend = await startBackend();
    backend.stop();
    const folder = temporaryFolder();
    const first = await open(sinkTo(backend.endpoint), folder);
    first.add(alertOf({ id: 'a' }));
    await soon(() => expect(first.view).toMatchObject({ waiting: 1, state: 'waits' }));
    await first.close();
    const port = Number(new URL(backend.endpoint).port);
    const back = await startBackend(port);
    const second = await open(sinkTo(back.endpoint), folder);
    await soon(() => expect(second.view).toMatchObject({ sent: 1, waiting: 0 }));
    expect(idsAt(back)).toEqual(['a.1']);
  },
  { case: 'a sink that is away while the hub stops and starts', ...TIMEOUT },
);

verifies(
  'sinks:flaky',
  async () => {
    const backend = await startBackend();
    const folder = temporaryFolder();
    const secretFile = join(folder, 'secret');
    const queue = await open(sinkTo(backend.endpoint, { secretFile }), folder);
    queue.add(alertOf({ id: 'a' }));
    await soon(() => expect(queue.view.lastFailure).toBe('CONFIG_UNREADABLE'));
    expect(queue.view).toMatchObject({ waiting: 1, dead: 0 });
    writeFileSync(secretFile, `whsec_${Buffer.alloc(32, 1).toString('base64')}\n`);
    await soon(() => expect(queue.view).toMatchObject({ sent: 1, waiting: 0 }));
    expect(backend.received[0]?.headers['webhook-signature']).toMatch(/^v1,/);
  },
  { case: 'a secret that comes later', ...TIMEOUT },
);

verifies(
  'sinks:formats',
  async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'findings.jsonl');
    appendFileSync(path, '{"before":true}\n');
    const { url: _, ...sink } = sinkTo('http://unused', { kind: 'ocsf', path });
    const queue = await open(sink, folder);
    queue.add(alertOf({ id: 'a' }));
    await soon(() => expect(queue.view.sent).toBe(1));
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).class_uid)).toEqual([undefined, 2004]);
  },
  { case: 'findings as lines of a file', ...TIMEOUT },
);

verifies(
  'sinks:told',
  async () => {
    const sink = sinkTo('http://127.0.0.1:9', { level: 'high', rules: ['pii-*'] });
    const queue = await open(sink, temporaryFolder());
    const rule = alertOf().rule;
    expect(queue.wants(alertOf())).toBe(true);
    expect(queue.wants(alertOf({ status: 'ongoing', count: 2 }))).toBe(false);
    expect(queue.wants(alertOf({ status: 'dismissed' }))).toBe(false);
    expect(queue.wants(alertOf({ rule: { ...rule, level: 'medium' } }))).toBe(false);
    expect(queue.wants(alertOf({ rule: { ...rule, id: 'tool-poisoning' } }))).toBe(false);
    const all = await open({ ...sink, name: 'all', repeat: true, rules: [] }, temporaryFolder());
    expect(all.wants(alertOf({ status: 'ongoing', count: 2 }))).toBe(true);
  },
  { case: 'by level, rule and news' },
);

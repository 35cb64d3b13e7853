import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { HubView, Page, SessionDetail, SessionView } from '@spoor/core';
import { expect } from 'vitest';
import { fixture } from '../../packages/hub/test/support/telemetry.ts';
import { verifies } from '../verifies.ts';
import { readLog } from './log.ts';
import { kill, until, World } from './support.ts';

/** Posts telemetry to a hub of its own process. */
async function send(url: string, name: string): Promise<number> {
  const headers = { 'content-type': 'application/json' };
  const body = new Uint8Array(fixture(name));
  const { status } = await fetch(`${url}/v1/traces`, { method: 'POST', headers, body });
  return status;
}

/** Kinds of the entries that are published. */
const kindsIn = (folder: string): string[] =>
  existsSync(join(folder, 'checkpoint'))
    ? readLog(folder).leaves.map((leaf) => (JSON.parse(leaf.toString()) as { kind: string }).kind)
    : [];

async function leaks(world: World): Promise<string> {
  const status = world.call('hub', 'status');
  expect(status.code).toBe(0);
  return status.stdout;
}

verifies(
  'otlp:durable',
  async () => {
    const world = new World({ SPOOR_INGEST_PORT: '0' });
    const first = await world.hub();
    const { ingest } = await world.api<HubView>('hub');
    expect(await send(ingest.http ?? '', 'sentry.json')).toBe(200);
    // What was acknowledged is in the ledger, whenever the hub dies.
    await kill(first);
    await world.hub();
    const kinds = await until(
      () => kindsIn(join(world.state, 'ledger')),
      (all) => all.filter((kind) => kind === 'call.result').length >= 5,
    );
    expect(kinds.filter((kind) => kind === 'call.request')).toHaveLength(5);
    expect(kinds.filter((kind) => kind === 'call.result')).toHaveLength(5);
  },
  { timeoutMs: 60_000 },
);

verifies(
  'otlp:leak',
  async () => {
    const world = new World({ SPOOR_INGEST_PORT: '0' });
    await world.hub();
    const { ingest } = await world.api<HubView>('hub');
    expect(await send(ingest.http ?? '', 'vercel.json')).toBe(200);
    const status = await until(
      () => leaks(world),
      (text) => text.includes('Leak'),
    );
    expect(status).toMatch(/Leak +ai: content in .*ai\.toolCall\.args/);
    expect(status).toContain(`Telemetry ${ingest.http}`);
    const { rows } = await until(
      () => world.api<Page<SessionView>>('sessions'),
      (page) => page.rows.length >= 2,
    );
    expect(rows.map(({ agent }) => agent)).toEqual(['agent-vercel', 'agent-vercel']);
    await until(
      () => world.api<SessionDetail>(`sessions/${rows[0]?.id}`),
      ({ observations }) => observations.some(({ kind }) => kind === 'llm.call'),
    );
  },
  { case: 'on the command line', timeoutMs: 60_000 },
);

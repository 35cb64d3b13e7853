import { join } from 'node:path';
import type { Observation } from '@spoor/core';
import { compileRules } from '@spoor/detect';
import { expect, it } from 'vitest';
import { verifies } from '../../../test/verifies.ts';
import { replayStore } from '../src/replay.ts';
import { openSqliteStore } from '../src/store/sqlite.ts';
import { OTHER_SESSION, observation, START_MS } from './support/build.ts';
import { temporaryFolder } from './support/folder.ts';

const uuid = (n: number): string => `00000000-0000-4000-8000-00000000000${n}`;
const { rules } = compileRules([
  {
    path: 'x.yml',
    text: [
      `title: s\nid: ${uuid(1)}\nname: s\nlogsource: {product: mcp}\n`,
      'detection: {s: {kind: tool.call}, condition: s}\n---\n',
      `title: thrice\nid: ${uuid(2)}\nname: thrice\ndescription: d\nlevel: low\n`,
      'correlation: {type: event_count, rules: [s], group-by: [session], timespan: 1h, ',
      'condition: {gte: 3}}\n',
    ].join(''),
  },
]);
const MINUTE_MS = 60_000;

/** One call a minute, in two sessions by turns. */
function storeOf(rows: number): string {
  const path = join(temporaryFolder(), 'store.db');
  const store = openSqliteStore(path);
  const observations = Array.from({ length: rows }, (_, i): Observation => {
    const atMs = START_MS + i * MINUTE_MS;
    const one = observation(i + 1, { outcome: 'ok', time: { startMs: atMs, hubMs: atMs } });
    return i % 2 === 0 ? one : { ...one, session: { id: OTHER_SESSION, episode: 1 } };
  });
  store.append({ observations, bindings: [], definitions: [], norms: [] });
  store.close();
  return path;
}

it('reads what rules remember before a time, and counts what comes from then on', async () => {
  const path = storeOf(600);
  const all = await replayStore(path, { rules, limit: 1_000 });
  expect(all).toMatchObject({
    history: { observations: 600, sessions: 2, cutSessions: 0, complete: true },
    rules: [{ id: 'thrice', hits: 2, hitSessions: 2 }],
  });
  // The third calls were before that: it goes on, and does not begin then.
  const late = { rules, limit: 1_000, fromMs: START_MS + 500 * MINUTE_MS };
  expect(await replayStore(path, late)).toMatchObject({
    history: { observations: 100, cutSessions: 2 },
    rules: [{ hits: 0 }],
  });
  const early = { rules, limit: 1_000, toMs: START_MS + 3 * MINUTE_MS };
  expect(await replayStore(path, early)).toMatchObject({
    history: { observations: 4 },
    rules: [{ hits: 0 }],
  });
  const one = await replayStore(path, { rules, limit: 1_000, session: OTHER_SESSION });
  expect(one.history).toMatchObject({ observations: 300, sessions: 1 });
});

verifies(
  'replay:history',
  async () => {
    const path = storeOf(600);
    const some = await replayStore(path, { rules, limit: 250 });
    expect(some.history).toMatchObject({
      observations: 250,
      complete: false,
      toMs: START_MS + 599 * MINUTE_MS,
    });
    const stopped = new AbortController();
    const shares: number[] = [];
    const broken = await replayStore(path, {
      rules,
      limit: 1_000,
      signal: stopped.signal,
      progress: (share) => {
        shares.push(share);
        if (share > 0.5) stopped.abort();
      },
    });
    expect(broken.history).toMatchObject({ observations: 400, complete: false });
    expect(shares).toEqual([1 / 3, 2 / 3]);
    await expect(replayStore(`${path}.none`, { rules, limit: 1 })).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    });
  },
  { case: 'limits, and broken off' },
);

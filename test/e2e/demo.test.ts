import type { Page, SessionView } from '@spoor/core';
import { expect } from 'vitest';
import { verifies } from '../verifies.ts';
import { all, ending, kill, type Piped, until, World } from './support.ts';

/** Collects what a child says, for looking at it while it goes on. */
function listenTo({ stdout }: Piped): () => string {
  let text = '';
  stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  return () => text;
}

const deniedIn = (text: string): number => text.match(/\bDENIED\b/g)?.length ?? 0;

verifies(
  'demo:four-sessions',
  async () => {
    const world = new World();
    const demo = world.spoor('demo');
    const said = listenTo(demo);
    await until(said, (text) => text.includes('Ctrl-C'), 90_000);
    expect(deniedIn(said())).toBe(2);

    const state = /SPOOR_HOME=(\S+)/.exec(said())?.[1] ?? '';
    const demoWorld = new World({ SPOOR_HOME: state });
    const { rows } = await demoWorld.api<Page<SessionView>>('sessions');
    const denials = rows.toSorted((a, b) => a.startMs - b.startMs).map(({ denied }) => denied);
    expect(denials).toEqual([0, 1, 1, 0]);
    expect(demoWorld.call('ledger', 'verify').code).toBe(4);

    await kill(demo, 'SIGINT');
    expect((await ending(demo)).code).toBe(0);
  },
  { timeoutMs: 120_000 },
);

verifies(
  'detect:renamed-tools',
  async () => {
    const demo = new World().spoor('demo', '--once', '--rename');
    const said = await all(demo.stdout);
    expect((await ending(demo)).code).toBe(0);
    expect(said).not.toContain('create_shareable_link');
    expect(deniedIn(said)).toBe(2);
  },
  { case: 'the whole demo', timeoutMs: 120_000 },
);

import { join } from 'node:path';
import type { Page, SessionDetail, SessionView } from '@spoor/core';
import { expect } from 'vitest';
import { verifies } from '../verifies.ts';
import { connect } from './host.ts';
import { all, ending, FIXTURES, LAUNCHER, NODE, until, World } from './support.ts';

const NOTE = [NODE, join(FIXTURES, 'tool-server.ts'), 'keep_note', 'Keeps a note.'];

/** A wrapped server gets nothing of ours in its environment: the inner wrapper is told anew. */
const innerOf = ({ state }: World): string[] => [
  'env',
  `SPOOR_HOME=${state}`,
  'SPOOR_AUTOSTART=false',
  ...[NODE, LAUNCHER, 'run', '--name', 'inner', '--', ...NOTE],
];

const ended = ({ observations }: SessionDetail, tool: string): SessionDetail['observations'] =>
  observations.filter((one) => one.tool?.name === tool && one.outcome === 'ok');

async function declare(world: World, prompt: string): Promise<string> {
  const intent = world.spoor('intent', '--json');
  intent.stdin.end(prompt);
  const text = await all(intent.stdout);
  expect((await ending(intent)).code).toBe(0);
  return (JSON.parse(text) as { readonly session: string }).session;
}

verifies(
  'cause:nested',
  async () => {
    const world = new World();
    await world.hub();
    const session = await declare(world, 'Please have this written down by the delegate.');
    const delegate = join(FIXTURES, 'delegate-server.ts');
    const outer = await connect(world, 'outer', [NODE, delegate, 'keep_note', ...innerOf(world)]);
    expect((await outer.call('delegate')).text).toContain('done');

    const detail = await until(
      () => world.api<SessionDetail>(`sessions/${session}`),
      (seen) => ended(seen, 'delegate').length === 1 && ended(seen, 'keep_note').length === 1,
    );
    const [direct] = ended(detail, 'delegate');
    const [nested] = ended(detail, 'keep_note');
    expect(direct?.cause).toEqual({ kind: 'user', evidence: 'intent' });
    expect(nested?.cause).toEqual({ kind: 'tool', parent: direct?.id, evidence: 'containment' });
    expect(nested?.server.name).toBe('inner');
    // Both belong to the host, of which the inner wrapper knows nothing.
    const { rows } = await world.api<Page<SessionView>>('sessions');
    expect(rows.map(({ id }) => id)).toEqual([session]);
    await outer.close();
  },
  { timeoutMs: 60_000 },
);

import type { RulesView } from '@spoor/core';
import { expect, test } from 'vitest';
import { World } from './support.ts';

const BUILT_IN = [
  'leaking-instrumentation',
  'ledger-refused',
  'ledger-span-gap',
  'sensor-silent',
  'state-lost',
  'unwrapped-server',
];

test('detections that are built in are listed as such, and explained', async () => {
  const world = new World();
  const { code, stdout } = world.call('rules', 'list');
  expect(code).toBe(0);
  for (const id of BUILT_IN) expect(stdout).toMatch(new RegExp(`^${id} .*built in$`, 'm'));
  expect(world.call('rules', 'explain', 'unwrapped-server').stdout).toMatch(/built in\n.*\n\nWhat/);
  expect(world.call('rules', 'explain', 'unwraped-server').stderr).toContain('unwrapped-server');
  // They are no files: none is to be checked, and no folder has them.
  expect(world.call('rules', 'lint').stdout).not.toContain('unwrapped-server');
  await world.hub();
  const view = await world.api<RulesView>('rules');
  expect(view.builtIn.map(({ id, builtIn }) => [id, builtIn])).toEqual(
    BUILT_IN.map((id) => [id, true]),
  );
  const { rules } = await world.api<{ readonly rules: number }>('hub');
  expect(view.rules).toHaveLength(rules);
});

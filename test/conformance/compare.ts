/**
 * `compare.ts [wrapper words…]` compares the fixture behind a wrapper with the fixture alone, by
 * the official conformance suite, and writes JSON. Exit code 0: no check differs; 1: one does.
 * Without words the wrapper is `spoor run`.
 */
import { fileURLToPath } from 'node:url';
import { compareArms } from './comparison.ts';
import { REVISIONS } from './suite.ts';

const pathOf = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

export const FIXTURE: readonly string[] = [process.execPath, pathOf('fixture/server.ts')];

export const SPOOR: string = pathOf('../../packages/cli/bin/spoor.mjs');

export const SPOOR_RUN: readonly string[] = [
  process.execPath,
  SPOOR,
  'run',
  '--name',
  'conformance-fixture',
  '--',
];

if (import.meta.main) {
  const words = process.argv.slice(2);
  const wrapper = words.length === 0 ? SPOOR_RUN : words;
  const arms = { direct: FIXTURE, wrapped: [...wrapper, ...FIXTURE] };
  const comparisons = await compareArms(arms, REVISIONS);
  console.log(JSON.stringify(comparisons, null, 2));
  process.exitCode = comparisons.every(({ differing }) => differing.length === 0) ? 0 : 1;
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { systemRandom } from '@spoor/core';
import { compileRules, createLabeler, type ToolDefinition } from '@spoor/detect';
import { Player } from '@spoor/detect/replay';
import { expect } from 'vitest';
import {
  readCatalog,
  type Trajectory,
  trajectories,
  turnsOf,
} from '../scripts/subversion/recorded.ts';
import { filesIn, ROOT, read } from './repository.ts';
import { verifies } from './verifies.ts';

/** Recordings that others made lie beside the project, where there are any. */
const FOLDER = join(ROOT, '..', 'shared', 'benchmark');
const CALL_MS = 1_500;
const ALERTS_MAX = 0.01;

/** Does a session raise an alert of level high or above? */
function alerts(player: Player, row: Trajectory, tools: readonly ToolDefinition[]): boolean {
  let found = false;
  const take = (step: ReturnType<Player['result']>): void => {
    const levels = step?.detections.map(({ rule }) => rule.level) ?? [];
    found ||= levels.includes('high') || levels.includes('critical');
  };
  player.start(row.id, tools);
  const turns = [...turnsOf(row)];
  for (const { seq, server, tool, args, result, error } of row.calls) {
    while ((turns[0]?.before_seq ?? Number.POSITIVE_INFINITY) <= seq)
      player.prompt(row.id, turns.shift()?.text ?? '');
    take(player.call(row.id, { server: server ?? 'unknown', tool, args }));
    const failed = error !== null && error !== undefined;
    take(player.result(row.id, { text: result ?? error ?? '', failed }));
  }
  player.end(row.id);
  return found;
}

async function shareOf(file: string, label: string): Promise<number> {
  const files = filesIn('rules').filter((path) => path.endsWith('.yml'));
  const { rules } = compileRules(files.map((path) => ({ path, text: read(path) })));
  let nowMs = 1_800_000_000_000;
  const clock = (): number => (nowMs += CALL_MS);
  const labeler = createLabeler([]);
  const player = new Player({ rules, labeler, random: systemRandom, nowMs: clock });
  const catalog = await readCatalog(join(FOLDER, 'tool_catalog.jsonl.gz'));
  let sessions = 0;
  let alerting = 0;
  for await (const row of trajectories(join(FOLDER, file))) {
    if (row.label !== label || row.calls.length === 0) continue;
    sessions++;
    if (alerts(player, row, catalog.get(`${row.dataset}/${row.suite}`) ?? [])) alerting++;
  }
  expect(sessions).toBeGreaterThan(100);
  return alerting / sessions;
}

const RECORDED = [
  ['chains_public.jsonl.gz', 'benign'],
  ['chains_user_requested_public.jsonl.gz', 'user_requested'],
] as const;

for (const [file, label] of RECORDED) {
  verifies(
    'pack:quiet',
    async ({ skip }) => {
      if (!existsSync(join(FOLDER, file))) skip(`no recordings at ${FOLDER}`);
      expect(await shareOf(file, label)).toBeLessThanOrEqual(ALERTS_MAX);
    },
    { case: label, timeoutMs: 240_000 },
  );
}

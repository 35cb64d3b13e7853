import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemRandom } from '@spoor/core';
import { createLabeler } from '@spoor/detect';
import { Player } from '@spoor/detect/replay';
import { loadRules } from '@spoor/hub/rules';
import { type Case, movesOf, type Outcome, TOOLS } from './cases.ts';

const CALL_MS = 1_000;

/** Steps the cases through the shipped rules in this process. */
export async function playCases(cases: readonly Case[]): Promise<readonly Outcome[]> {
  const { rules } = await loadRules(fileURLToPath(join(import.meta.url, '../../../rules')));
  let nowMs = Date.UTC(2026, 0, 1);
  const clock = (): number => (nowMs += CALL_MS);
  const player = new Player({
    rules,
    labeler: createLabeler([]),
    random: systemRandom,
    nowMs: clock,
  });
  return cases.map((one) => play(player, one));
}

function play(player: Player, one: Case): Outcome {
  const { id, category, expected_verdict: expected } = one;
  const rules = new Set<string>();
  let denied = false;
  const note = (step: ReturnType<Player['result']>): void => {
    for (const { rule } of step?.detections ?? []) rules.add(rule.id);
    denied ||= step?.decision.wanted === 'deny';
  };
  player.start(id, TOOLS);
  for (const move of movesOf(one)) {
    if (move.kind === 'list') note(player.list(id, 's', move.tools));
    else {
      note(player.call(id, { server: 's', tool: move.tool, args: move.args }));
      note(player.result(id, { text: move.answer, failed: false }));
    }
  }
  player.end(id);
  return { id, category, expected, rules: [...rules], denied, entries: 0 };
}

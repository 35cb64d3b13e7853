import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { systemRandom } from '@spoor/core';
import { compileRules, createLabeler } from '@spoor/detect';
import { Script } from '@spoor/detect/replay';
import { expect } from 'vitest';
import { ROOT } from './repository.ts';
import { verifies } from './verifies.ts';

/** Recordings that others made lie beside the project, where there are any. */
const FILE = join(ROOT, '..', 'shared', 'benchmark', 'tools_public.jsonl.gz');

interface Recorded {
  readonly label: string;
  readonly tool: string;
  readonly description: string | null;
  readonly inputSchema: unknown;
}

verifies(
  'detect:poisoned-tools',
  ({ skip }) => {
    if (!existsSync(FILE)) skip(`no recordings at ${FILE}`);
    const share = alertsOf(readRecorded());
    expect(share('poisoned')).toBeGreaterThanOrEqual(0.92);
    expect(share('benign')).toBeLessThanOrEqual(0.003);
    expect(share('hard_negative')).toBe(0);
  },
  { timeoutMs: 90_000 },
);

const readRecorded = (): readonly Recorded[] =>
  gunzipSync(readFileSync(FILE))
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Recorded);

/** The share of definitions with a label that alert. */
function alertsOf(tools: readonly Recorded[]): (label: string) => number {
  const script = new Script({
    rules: compileRules([]).rules,
    labeler: createLabeler([]),
    random: systemRandom,
    nowMs: () => 0,
  });
  const alerts = tools.map(({ label, ...tool }, id) => {
    const answer = script.take(JSON.stringify({ ...tool, type: 'tool', id }));
    return { label, alert: answer !== undefined && 'alert' in answer && answer.alert };
  });
  return (label) => {
    const those = alerts.filter((one) => one.label === label);
    expect(those.length).toBeGreaterThan(0);
    return those.filter(({ alert }) => alert).length / those.length;
  };
}

import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip, gunzipSync } from 'node:zlib';
import { systemRandom } from '@spoor/core';
import { compileRules, createLabeler, type ToolDefinition } from '@spoor/detect';
import { Player } from '@spoor/detect/replay';
import { expect } from 'vitest';
import { filesIn, ROOT, read } from './repository.ts';
import { verifies } from './verifies.ts';

/** Recordings that others made lie beside the project, where there are any. */
const FOLDER = join(ROOT, '..', 'shared', 'benchmark');
const CALL_MS = 1_500;
const ALERTS_MAX = 0.01;

interface Recorded {
  readonly id: string;
  readonly dataset: string;
  readonly suite: string;
  readonly label: string;
  readonly prompt?: string;
  readonly user_turns?: readonly { readonly before_seq: number; readonly text: string }[];
  readonly calls: readonly {
    readonly seq: number;
    readonly server?: string;
    readonly tool: string;
    readonly args: unknown;
    readonly result?: string | null;
    readonly error?: string | null;
  }[];
}

/** What `tools/list` showed, by data set and suite. */
function catalogues(): ReadonlyMap<string, readonly ToolDefinition[]> {
  const found = new Map<string, ToolDefinition[]>();
  const text = gunzipSync(readFileSync(join(FOLDER, 'tool_catalog.jsonl.gz'))).toString();
  for (const line of text.trimEnd().split('\n')) {
    const { dataset, suite, tool, description, inputSchema } = JSON.parse(line);
    const tools = found.get(`${dataset}/${suite}`) ?? [];
    const about = typeof description === 'string' ? { description } : {};
    found.set(`${dataset}/${suite}`, [...tools, { name: tool, ...about, inputSchema }]);
  }
  return found;
}

/** Does a session raise an alert of level high or above? */
function alerts(player: Player, row: Recorded, tools: readonly ToolDefinition[]): boolean {
  let found = false;
  const take = (step: ReturnType<Player['result']>): void => {
    const levels = step?.detections.map(({ rule }) => rule.level) ?? [];
    found ||= levels.includes('high') || levels.includes('critical');
  };
  player.start(row.id, tools);
  const given = row.user_turns ?? [];
  const turns = given.length > 0 ? [...given] : [{ before_seq: 0, text: row.prompt ?? '' }];
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
  const tools = catalogues();
  let sessions = 0;
  let alerting = 0;
  const input = createReadStream(join(FOLDER, file)).pipe(createGunzip());
  for await (const line of createInterface({ input })) {
    if (!line.includes(`"${label}"`)) continue;
    const row: Recorded = JSON.parse(line);
    if (row.label !== label || row.calls.length === 0) continue;
    sessions++;
    if (alerts(player, row, tools.get(`${row.dataset}/${row.suite}`) ?? [])) alerting++;
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

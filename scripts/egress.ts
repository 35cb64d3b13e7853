/**
 * `node scripts/egress.ts FILE`: plays the cases of agent-egress-bench (JSON lines, gzip) through
 * the shipped rules, as live traffic would go: examined, stepped, decided in `enforce`. A case that
 * should be blocked counts where a rule fires; one that should be allowed is false where one does.
 * Traffic of other protocols is played as the MCP call that would carry it.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv, exit, stdout } from 'node:process';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { isObject, systemRandom } from '@spoor/core';
import { createLabeler, type ToolDefinition } from '@spoor/detect';
import { Player } from '@spoor/detect/replay';
import { loadRules } from '@spoor/hub/rules';

interface Case {
  readonly id: string;
  readonly category: string;
  readonly expected_verdict: 'block' | 'allow';
  readonly payload: Readonly<Record<string, unknown>>;
}

const FETCH: ToolDefinition = {
  name: 'fetch',
  description: 'Sends an HTTP request to a URL and returns the response',
};

let nowMs = Date.UTC(2026, 0, 1);

/** Ids of the rules that fired. */
function play(player: Player, { id, payload }: Case): readonly string[] {
  const fired = new Set<string>();
  const note = (step: ReturnType<Player['result']>): void => {
    for (const { rule } of step?.detections ?? []) fired.add(rule.id);
  };
  const messages = Array.isArray(payload.jsonrpc_messages) ? payload.jsonrpc_messages : [];
  player.start(id, [FETCH]);
  for (const message of messages) playMessage(player, id, message, note);
  if (messages.length === 0) {
    const { response_body: body, agent_card: card, ...request } = payload;
    if (card === undefined) note(player.call(id, { server: 's', tool: 'fetch', args: request }));
    if (body !== undefined) note(player.result(id, { text: String(body), failed: false }));
    const described = isObject(card)
      ? { name: String(card.name), description: JSON.stringify(card) }
      : undefined;
    if (described !== undefined) note(player.list(id, 's', [described]));
  }
  player.end(id);
  return [...fired];
}

function playMessage(
  player: Player,
  id: string,
  message: unknown,
  note: (step: ReturnType<Player['result']>) => void,
): void {
  if (!isObject(message)) return;
  const { params, result } = message;
  nowMs += 1_000;
  if (isObject(params) && message.method === 'tools/call') {
    note(player.call(id, { server: 's', tool: String(params.name), args: params.arguments }));
    // Only calls are told; each has an answer before the next.
    note(player.result(id, { text: '', failed: false }));
  } else if (isObject(result) && Array.isArray(result.tools)) {
    note(player.list(id, 's', result.tools));
  } else if (isObject(result)) {
    player.call(id, { server: 's', tool: 'fetch', args: {} });
    note(player.result(id, { text: JSON.stringify(result), failed: false }));
  }
}

const [, , path] = argv;
if (path === undefined) {
  stdout.write('usage: node scripts/egress.ts FILE.jsonl.gz\n');
  exit(2);
}
const root = fileURLToPath(new URL('..', import.meta.url));
const { rules } = await loadRules(join(root, 'rules'));
const player = new Player({
  rules,
  labeler: createLabeler([]),
  random: systemRandom,
  nowMs: () => ++nowMs,
});
const lines = gunzipSync(readFileSync(path)).toString().trim().split('\n');
const cases = lines.map((line) => JSON.parse(line) as Case);
const played = cases.map((one) => ({ ...one, fired: play(player, one) }));
const byCategory = Map.groupBy(played, ({ category }) => category);
for (const [category, list] of byCategory) {
  const block = list.filter((one) => one.expected_verdict === 'block');
  const allow = list.filter((one) => one.expected_verdict === 'allow');
  const hits = block.filter(({ fired }) => fired.length > 0);
  const wrong = allow.filter(({ fired }) => fired.length > 0);
  stdout.write(
    `${category.padEnd(24)} ${hits.length}/${block.length}  false ${wrong.length}/${allow.length}\n`,
  );
  if (!argv.includes('--cases')) continue;
  for (const one of block)
    stdout.write(`  ${one.fired.length > 0 ? '+' : '-'} ${one.id}: ${one.fired.join(' ')}\n`);
  for (const one of wrong) stdout.write(`  ! ${one.id}: ${one.fired.join(' ')}\n`);
}

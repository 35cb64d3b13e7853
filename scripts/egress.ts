/**
 * `node scripts/egress.ts FILE [--hub] [--cases]`: plays the cases of agent-egress-bench (JSON
 * lines, gzip) through the shipped rules; with `--hub`, as real traffic through a hub and a gateway
 * of its own, with a ledger that is verified in the end. A case that should be blocked is *seen*
 * where a rule fires, and *denied* where one denies; one that should be allowed is false there.
 */
import { argv, exit, stdout } from 'node:process';
import { readCases, rowsOf } from './egress/cases.ts';
import { throughHub } from './egress/hub.ts';
import { playCases } from './egress/play.ts';

const [, , path] = argv;
if (path === undefined) {
  stdout.write('usage: node scripts/egress.ts FILE.jsonl.gz [--hub] [--cases]\n');
  exit(2);
}
const cases = readCases(path);
const hub = argv.includes('--hub') ? await throughHub(cases) : undefined;
const outcomes = hub?.outcomes ?? (await playCases(cases));
for (const row of rowsOf(outcomes)) {
  const found = `${row.seen}/${row.block}  denied ${row.denied}`;
  const wrong = `false ${row.falselySeen}/${row.allow}  denied ${row.falselyDenied}`;
  stdout.write(`${row.category.padEnd(24)} ${found}  ${wrong}  entries ${row.withEntry}\n`);
}
if (argv.includes('--cases')) {
  for (const { id, expected, rules, denied } of outcomes) {
    const mark = (expected === 'block') === rules.length > 0 ? '+' : '-';
    stdout.write(`  ${mark} ${expected} ${id}${denied ? ' denied' : ''}: ${rules.join(' ')}\n`);
  }
}
if (hub !== undefined) {
  stdout.write(`ledger: ${hub.size} entries, ${hub.verified ? 'verified' : 'NOT VERIFIED'}\n`);
}

/**
 * Writes the parameters of `intent-flow-subversion` from recorded trajectories.
 *
 *     node scripts/subversion/train.ts FOLDER [--check]
 *
 * FOLDER holds `chains_public.jsonl.gz`, `chains_user_requested_public.jsonl.gz` and
 * `tool_catalog.jsonl.gz`. With `--check` it says instead how parameters do on suites, models and
 * tasks that they were not learned from, and writes `bench/subversion.json`. The same files give
 * the same bytes.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FEATURES, type Parameters } from '@spoor/detect/subversion';
import { boost, OPTIONS } from './boost.ts';
import { type Judged, judge, type LeftOut, leftOut, thresholdAt } from './report.ts';
import { readSessions, type Session, trainingRows } from './sessions.ts';

const ROOT = join(import.meta.dirname, '../..');
/** Share of benign sessions, of suites that were left out, that may reach a score of 0.5. */
const SHIPPED_RATE = 0.005;
/** Tasks are left out in so many parts. */
const TASK_PARTS = 8;

const learn = (sessions: readonly Session[]): Omit<Parameters, 'threshold'> =>
  boost(trainingRows(sessions), {
    ...OPTIONS,
    features: FEATURES.map(({ name }) => name),
    signs: FEATURES.map(({ sign }) => sign),
  });

type GroupOf = (session: Session) => string;

/** Small suites without attacks are left out with the others of their source. */
const bySuite: GroupOf = ({ dataset, suite }) =>
  dataset === 'agentdojo' || dataset === 'agentdyn' ? `${dataset}/${suite}` : dataset;
const byModel: GroupOf = ({ model }) => model;
const byTask: GroupOf = ({ suite, task }) => {
  const hash = [...`${suite} ${task}`].reduce((n, c) => (n * 31 + c.charCodeAt(0)) % 65_521, 0);
  return String(hash % TASK_PARTS);
};

/** Each session judged by parameters that saw nothing of its group. */
function judgeUnseen(sessions: readonly Session[], groupOf: GroupOf): Judged[] {
  const groups = [...new Set(sessions.map(groupOf))].sort();
  return groups.flatMap((group) => {
    const parameters = learn(sessions.filter((session) => groupOf(session) !== group));
    return sessions
      .filter((session) => session.mode === 'plain' && groupOf(session) === group)
      .map((session) => judge(parameters, session));
  });
}

function check(sessions: readonly Session[], suites: readonly Judged[]): void {
  const lines: LeftOut[] = [];
  const say = (name: string, judged: readonly Judged[]): void => {
    const line = leftOut(name, judged);
    console.log(JSON.stringify(line));
    lines.push(line);
  };
  for (const name of [...new Set(sessions.map(bySuite))].sort()) {
    say(
      name,
      suites.filter(({ session }) => bySuite(session) === name),
    );
  }
  for (const name of ['agentdojo', 'agentdyn']) {
    say(
      `suites of ${name}`,
      suites.filter(({ session }) => session.dataset === name),
    );
  }
  say('all suites', suites);
  say('all models', judgeUnseen(sessions, byModel));
  say('all tasks', judgeUnseen(sessions, byTask));
  writeFileSync(join(ROOT, 'bench/subversion.json'), `${JSON.stringify(lines, null, 2)}\n`);
}

const [folder, flag] = process.argv.slice(2);
if (folder === undefined) {
  console.error('usage: node scripts/subversion/train.ts FOLDER [--check]');
  process.exit(2);
}
const sessions = await readSessions(folder);
console.log(`${sessions.length} sessions, ${FEATURES.length} features`);
const suites = judgeUnseen(sessions, bySuite);
if (flag === '--check') check(sessions, suites);
else {
  const threshold = Number(thresholdAt(suites, SHIPPED_RATE).toPrecision(4));
  const written = `${JSON.stringify({ ...learn(sessions), threshold })}\n`;
  writeFileSync(join(ROOT, 'packages/detect/src/subversion/parameters.json'), written);
}

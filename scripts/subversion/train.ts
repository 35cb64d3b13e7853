/**
 * Writes the parameters of `intent-flow-subversion` from recorded trajectories, and says how well
 * they do on suites, models and tasks that were left out.
 *
 *     node scripts/subversion/train.ts FOLDER [--check]
 *
 * FOLDER holds `chains_public.jsonl.gz`, `chains_user_requested_public.jsonl.gz` and
 * `tool_catalog.jsonl.gz`. With `--check` nothing is written. The same files give the same bytes.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FEATURES, type Parameters, rawScore } from '@spoor/detect/subversion';
import { boost, OPTIONS } from './boost.ts';
import { readSessions, type Session, trainingRows } from './sessions.ts';

const PARAMETERS = join(
  import.meta.dirname,
  '../../packages/detect/src/subversion/parameters.json',
);
/** Share of benign sessions, of suites that were left out, that may reach a score of 0.5. */
const SHIPPED_RATE = 0.005;

interface Judged {
  readonly session: Session;
  /** Of all calls, and of those up to the first that was ordered. */
  readonly highest: number;
  readonly inTime: number;
}

type Fitted = Omit<Parameters, 'threshold'>;

const learn = (sessions: readonly Session[]): Fitted =>
  boost(trainingRows(sessions), {
    ...OPTIONS,
    features: FEATURES.map(({ name }) => name),
    signs: FEATURES.map(({ sign }) => sign),
  });

function judge(parameters: Fitted, session: Session): Judged {
  const scores = session.rows.map((row) => rawScore({ ...parameters, threshold: 1 }, row));
  const first = session.ordered.indexOf(true);
  return {
    session,
    highest: Math.max(0, ...scores),
    inTime: Math.max(0, ...scores.slice(0, first < 0 ? 0 : first + 1)),
  };
}

/** Each session judged by parameters that saw nothing of its group. */
function leaveOut(sessions: readonly Session[], groupOf: (session: Session) => string): Judged[] {
  const groups = [...new Set(sessions.map(groupOf))].sort();
  return groups.flatMap((group) => {
    const parameters = learn(sessions.filter((session) => groupOf(session) !== group));
    return sessions
      .filter((session) => session.mode === 'plain' && groupOf(session) === group)
      .map((session) => judge(parameters, session));
  });
}

const benignOf = (judged: readonly Judged[]): number[] =>
  judged
    .filter(({ session }) => session.label === 'benign')
    .map(({ highest }) => highest)
    .sort((a, b) => b - a);

const thresholdAt = (judged: readonly Judged[], rate: number): number => {
  const benign = benignOf(judged);
  return benign[Math.floor(rate * benign.length)] ?? 1;
};

function report(name: string, judged: readonly Judged[]): void {
  const attacks = judged.filter(
    ({ session }) => session.label === 'attack_success' && session.ordered.includes(true),
  );
  const asked = judged.filter(({ session }) => session.label === 'user_requested');
  const share = (of: readonly unknown[], all: readonly unknown[]): string =>
    all.length === 0 ? '–' : `${((100 * of.length) / all.length).toFixed(1)} %`;
  const at = (rate: number): string => {
    const threshold = thresholdAt(judged, rate);
    return share(
      attacks.filter(({ inTime }) => inTime > threshold),
      attacks,
    );
  };
  const shipped = thresholdAt(judged, 0.01);
  const alarms = asked.filter(({ highest }) => highest > shipped);
  console.log(
    `${name.padEnd(28)} attacks ${String(attacks.length).padStart(5)}  benign ${String(benignOf(judged).length).padStart(5)}` +
      `  in time at 1 % ${at(0.01)}, at 5 % ${at(0.05)}  user-requested at 1 % ${share(alarms, asked)}`,
  );
}

/** Small suites of one dataset are left out together: they have few attacks, or none. */
const GROUPS: Readonly<Record<string, (session: Session) => string>> = {
  suite: ({ dataset, suite }) =>
    ['agentdojo', 'agentdyn'].includes(dataset) ? `${dataset}/${suite}` : dataset,
  model: ({ model }) => model,
  task: ({ suite, task }) =>
    String([...`${suite} ${task}`].reduce((n, c) => (n * 31 + c.charCodeAt(0)) % 8, 0)),
};

const [folder, flag] = process.argv.slice(2);
if (folder === undefined) {
  console.error('usage: node scripts/subversion/train.ts FOLDER [--check]');
  process.exit(2);
}
const sessions = await readSessions(folder);
console.log(`${sessions.length} sessions, ${FEATURES.length} features`);
const bySuite = leaveOut(sessions, GROUPS.suite ?? String);
for (const name of new Set(sessions.map((session) => GROUPS.suite?.(session) ?? ''))) {
  report(
    `without ${name}`,
    bySuite.filter(({ session }) => GROUPS.suite?.(session) === name),
  );
}
for (const name of ['agentdojo', 'agentdyn']) {
  report(
    `suites: ${name}`,
    bySuite.filter(({ session }) => session.dataset === name),
  );
}
report('suites: all', bySuite);
const threshold = Number(thresholdAt(bySuite, SHIPPED_RATE).toPrecision(4));
console.log(`threshold ${threshold}`);
if (flag === '--check') {
  report('models: all', leaveOut(sessions, GROUPS.model ?? String));
  report('tasks: all', leaveOut(sessions, GROUPS.task ?? String));
} else {
  const parameters = learn(sessions);
  report(
    'seen',
    sessions.filter(({ mode }) => mode === 'plain').map((one) => judge(parameters, one)),
  );
  writeFileSync(PARAMETERS, `${JSON.stringify({ ...parameters, threshold })}\n`);
}

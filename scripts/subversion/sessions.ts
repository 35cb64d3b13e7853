/** Sessions as the training sees them: features of their calls, and which of those were ordered. */
import { join } from 'node:path';
import type { Row } from './boost.ts';
import { type Mode, readCatalog, type Trajectory, trajectories } from './recorded.ts';
import { rowsOf } from './rows.ts';

export interface Session {
  readonly id: string;
  readonly mode: Mode;
  readonly dataset: string;
  readonly suite: string;
  readonly model: string;
  readonly task: string;
  readonly injection: string;
  readonly label: Trajectory['label'];
  /** Place of the first call at which the text was seen; undefined where it never was. */
  readonly exposed: number | undefined;
  readonly rows: readonly (readonly number[])[];
  readonly ordered: readonly boolean[];
}

/** Trajectories whose tools have no arguments say nothing about where values come from. */
const LEFT_OUT = new Set(['asb']);

export async function readSessions(folder: string): Promise<Session[]> {
  const catalog = await readCatalog(join(folder, 'tool_catalog.jsonl.gz'));
  const sessions: Session[] = [];
  for (const file of ['chains_public.jsonl.gz', 'chains_user_requested_public.jsonl.gz']) {
    for await (const row of trajectories(join(folder, file))) {
      for (const mode of modesOf(row)) {
        sessions.push(sessionOf(row, mode, rowsOf(row, mode, catalog)));
      }
    }
  }
  return sessions;
}

/** Where nothing was injected, both are the same. */
function modesOf({ label, calls, dataset }: Trajectory): readonly Mode[] {
  if (calls.length === 0 || LEFT_OUT.has(dataset)) return [];
  return label === 'attack_success' || label === 'attack_failed' ? ['plain', 'full'] : ['plain'];
}

function sessionOf(row: Trajectory, mode: Mode, rows: number[][]): Session {
  const malicious = new Set(row.truth.malicious_seqs);
  return {
    id: row.id,
    mode,
    dataset: row.dataset,
    suite: row.suite,
    model: row.agent_model,
    task: row.truth.user_task ?? row.id,
    injection: row.truth.injection_task ?? '',
    label: row.label,
    exposed: row.truth.exposed_seq,
    rows,
    ordered: row.calls.map(({ seq }) => malicious.has(seq)),
  };
}

/** Of an attack that failed: an agent that read an order and did not follow it. */
const FAILED_WEIGHT = 0.7;
/** Every so manieth of those is enough. */
const FAILED_SHARE = 3;
const FULL_WEIGHT = 1;
/** Calls of a successful attack before the text was read: much alike those of other sessions. */
const BEFORE_WEIGHT = 0.3;

/** Rows with targets. Many runs of one task count for less than as many tasks. */
export function trainingRows(sessions: readonly Session[]): Row[] {
  const runs = new Map<string, number>();
  const keyOf = (s: Session): string => `${s.mode} ${s.label} ${s.suite} ${s.task} ${s.injection}`;
  for (const session of sessions) runs.set(keyOf(session), (runs.get(keyOf(session)) ?? 0) + 1);
  return sessions.flatMap((session, n) => {
    const { label, mode, ordered, exposed } = session;
    const failed = label === 'attack_failed';
    if (failed && (ordered.includes(true) || n % FAILED_SHARE !== 0)) return [];
    const weight =
      (1 / Math.sqrt(runs.get(keyOf(session)) ?? 1)) *
      (failed ? FAILED_WEIGHT : 1) *
      (mode === 'full' ? FULL_WEIGHT : 1);
    return session.rows.flatMap((values, i): Row[] => {
      const target = ordered[i] === true && label === 'attack_success' ? 1 : 0;
      if (label !== 'attack_success' || target === 1) return [{ values, target, weight }];
      const isBefore = exposed !== undefined && i <= exposed;
      return isBefore ? [{ values, target, weight: weight * BEFORE_WEIGHT }] : [];
    });
  });
}

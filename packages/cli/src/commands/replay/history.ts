import { createReadStream, existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { CodedError, DAY_MS, LIMITS, type ReplayView } from '@spoor/core';
import { History, readLine } from '@spoor/detect/replay';
import { replayStore } from '@spoor/hub/replay';
import type { RuleSet } from '@spoor/hub/rules';
import type { Context } from '../../command.ts';

/** What is replayed, and through what. */
export interface Wanted {
  readonly rules: RuleSet;
  readonly against?: RuleSet;
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly session?: string;
}

/** What the hub of this state folder has stored; one that runs goes on. */
export async function replayHub({ home, flags }: Context, wanted: Wanted): Promise<ReplayView> {
  if (!existsSync(home.store)) throw new CodedError('STORE_UNAVAILABLE', home.store);
  const stopped = new AbortController();
  const stop = (): void => stopped.abort();
  process.once('SIGINT', stop);
  const shows = process.stderr.isTTY && flags.json !== true;
  try {
    return await replayStore(home.store, {
      ...wanted,
      limit: Number.MAX_SAFE_INTEGER,
      signal: stopped.signal,
      ...(shows ? { progress } : {}),
    });
  } finally {
    process.off('SIGINT', stop);
    if (shows) process.stderr.write('\r\x1b[K');
  }
}

const progress = (share: number): void =>
  void process.stderr.write(`\r\x1b[K${Math.floor(100 * share)} %`);

/** Files of JSON lines, one after another as one history. Throws REPLAY_UNREADABLE. */
export async function replayFiles(paths: readonly string[], wanted: Wanted): Promise<ReplayView> {
  const history = new History(wanted);
  let at = 0;
  let unreadable = 0;
  for await (const line of linesOf(paths)) {
    at++;
    const observation = line.length > LIMITS.replayLineCharsMax ? undefined : readLine(line, at);
    if (observation === undefined) unreadable++;
    else if (isWanted(observation, wanted)) history.take(observation);
  }
  if (at === unreadable) throw new CodedError('REPLAY_UNREADABLE', paths.join(', '));
  return history.view({ complete: true, unreadable });
}

const isWanted = (
  { session: { id }, time }: { session: { id: string }; time: { hubMs: number } },
  { session, toMs = Number.POSITIVE_INFINITY }: Wanted,
): boolean => (session === undefined || id === session) && time.hubMs <= toMs;

/** All that are not empty. */
async function* linesOf(paths: readonly string[]): AsyncGenerator<string> {
  for (const path of paths) {
    const input = path === '-' ? process.stdin : createReadStream(path);
    try {
      for await (const line of createInterface({ input })) if (line.trim() !== '') yield line;
    } catch (error) {
      throw new CodedError('REPLAY_UNREADABLE', path, error);
    }
  }
}

const UNITS_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: DAY_MS,
};

/** `2026-11-21`, `2026-11-21T10:00Z`, or as long ago as `90m`, `2h`, `7d`. */
export function timeOf(text: string, nowMs: number): number {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (count !== undefined) return nowMs - Number(count) * (UNITS_MS[unit] ?? 0);
  const ms = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) throw new CodedError('USAGE', `${text} is no time: 7d, 2h or 2026-11-21`);
  return ms;
}

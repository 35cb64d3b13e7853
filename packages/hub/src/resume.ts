import { ALLOW, LIMITS, type Observation, type SessionId } from '@spoor/core';
import { type Detector, type Norms, type RuleSet, type Step, spanMaxOf } from '@spoor/detect';
import type { Ledger } from '@spoor/ledger';
import type { DetectionRecord, Loaded } from './bus.ts';
import { Keeping } from './decide/keeping.ts';
import type { Remembered } from './remembering.ts';
import { stateLost } from './state-lost.ts';

/** Entries that are looked through; those of one moment may stand out of order. */
const ENTRIES_MAX = 256;

/**
 * Highest place in the hub's order that stands in the newest entries; 0 where none does. A hub that
 * was killed may have written entries whose rows the store never got.
 */
export async function lastSeqOf(ledger: Pick<Ledger, 'size' | 'readLeaf'>): Promise<number> {
  let last = 0;
  const from = Math.max(0, ledger.size - ENTRIES_MAX);
  for (let index = ledger.size - 1; index >= from; index--) {
    const leaf = await ledger.readLeaf(index);
    const { seq } = JSON.parse(leaf ?? '{}') as { readonly seq?: number };
    last = Math.max(last, seq ?? 0);
  }
  return last;
}

/** An hour, for what is sampled by session. */
const REPLAY_MS = 3_600_000;

/** From when on a restarted hub needs what is in the store. */
export function replayFromMs(
  rules: RuleSet,
  remembered: Remembered | undefined,
  nowMs: number,
): number {
  const spanMs = Math.max(REPLAY_MS, spanMaxOf(rules) + LIMITS.clockSkewMaxMs);
  const fromMs = nowMs - (remembered === undefined ? spanMs : REPLAY_MS);
  const keptMs = (remembered?.atMs ?? nowMs) - LIMITS.clockSkewMaxMs;
  return Math.max(nowMs - spanMs, Math.min(fromMs, keptMs));
}

/** What a restarted hub goes on from. */
export interface Resumed {
  readonly detector: Detector;
  readonly keeping: Keeping;
  /** Place of the newest observation. */
  readonly lastSeq: number;
  /** That the killed hub could not raise any more, and what it means for rules. */
  readonly detections: readonly DetectionRecord[];
}

interface Resuming {
  readonly norms: Norms;
  readonly newDetector: () => Detector;
  readonly remembered: Remembered | undefined;
  readonly loaded: Loaded;
  /** Observations that the store did not have. */
  readonly found: readonly Observation[];
  readonly sampleRate: number | undefined;
  readonly nowMs: number;
}

/**
 * Restores what rules remembered, and steps what came after it: state comes back, and what it would
 * detect was detected then.
 */
export function resume(resuming: Resuming): Resumed {
  const { norms, remembered, loaded, found, sampleRate = 1, nowMs } = resuming;
  const { detector, from } = restored(resuming);
  const unstored = new Set(found.map(({ seq }) => seq));
  const all = [...loaded.recent.filter(({ seq }) => !unstored.has(seq)), ...found];
  const recent = all.sort((a, b) => a.seq - b.seq);
  const detections: DetectionRecord[] = [];
  for (const observation of recent) {
    if (observation.decision?.action === 'ask') continue;
    if (observation.seq <= from) {
      // What rules remember may be younger than what is kept of the rest.
      norms.remind(observation);
      continue;
    }
    // What was recorded as begun did go on, whatever the rules would say of it now.
    const step = detector.step(observation, { allowOnce: true });
    if (unstored.has(observation.seq)) detections.push(...unraised(observation, step));
  }
  const keeping = new Keeping(sampleRate);
  keeping.recall(recent);
  if (remembered !== undefined && from === 0)
    detections.push(stateLost('a file that cannot be read', 1, nowMs));
  const oldest = loaded.recent[0]?.seq ?? 0;
  const left = loaded.recent.length >= LIMITS.replayRowsMax && from < oldest - 1;
  if (left) detections.push(stateLost('a restart', oldest - 1 - from, nowMs));
  const lastSeq = Math.max(from, recent.at(-1)?.seq ?? 0);
  return { detector, keeping, lastSeq, detections };
}

/** With what was kept, and up to where that goes; 0 where it is not to be used. */
function restored({ newDetector, remembered, loaded }: Resuming): {
  readonly detector: Detector;
  readonly from: number;
} {
  const detector = newDetector();
  if (remembered === undefined) return { detector, from: 0 };
  const known = new Set(loaded.bindings.map(({ id }) => id as SessionId));
  try {
    detector.restore(remembered.lines, known);
    return { detector, from: remembered.seq };
  } catch {
    return { detector: newDetector(), from: 0 };
  }
}

/** Their alerts went the way of their rows. */
const unraised = (
  { detected = [], decision = ALLOW }: Observation,
  { detections }: Step,
): DetectionRecord[] =>
  detections
    .filter(({ rule }) => detected.includes(rule.id))
    .map((detection) => ({ detection, decision }));

import { ALLOW, type CallId, type Detection, type RuleRef, type SessionId } from '@spoor/core';
import type { DetectionRecord } from './bus.ts';

/** Session of what no session has: nothing was called, or it is of many. */
export const NO_SESSION = '00000000-0000-0000-0000-000000000000' as SessionId;

interface Found {
  readonly rule: RuleRef;
  /** What happened, for people. */
  readonly step: string;
  readonly matched: Readonly<Record<string, string>>;
  readonly group: Readonly<Record<string, string>>;
  readonly atMs: number;
}

/** A detection of the hub's own that no call of a session stands behind. */
export function foundEverywhere(found: Found): Pick<DetectionRecord, 'decision' | 'detection'> {
  const { rule, step, matched, group, atMs } = found;
  const detection: Detection = {
    rule,
    seq: 0,
    atMs,
    session: NO_SESSION,
    path: [{ call: '' as CallId, seq: 0, atMs, server: '', tool: '', step, matched }],
    group,
    response: 'alert',
    everywhere: true,
  };
  return { detection, decision: ALLOW };
}

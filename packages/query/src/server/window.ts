import { CodedError, LIMITS } from '@spoor/core';

const LOOKBACK_MS = 3_600_000;

/** Unix milliseconds; 0 or nothing means now, and one hour before the end. */
export function windowOf(
  start: number | undefined,
  end: number | undefined,
  nowMs: number,
): { readonly startMs: number; readonly endMs: number } {
  const endMs = end === undefined || end === 0 ? nowMs : end;
  const startMs = start === undefined || start === 0 ? Math.max(0, endMs - LOOKBACK_MS) : start;
  if (startMs > endMs) throw new CodedError('QUESTION_INVALID', 'start is after end');
  if (endMs - startMs > LIMITS.queryWindowMsMax)
    throw new CodedError('QUESTION_INVALID', `at most ${LIMITS.queryWindowMsMax} ms at once`);
  return { startMs, endMs };
}

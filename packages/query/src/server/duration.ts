import { CodedError } from '@spoor/core';

const UNITS_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

/** `100ms`, `1.5s`. */
export const DURATION: RegExp = /^(\d{1,12}(?:\.\d{1,6})?)(ns|us|µs|ms|s|m|h)$/;

/** @returns milliseconds. Throws QUESTION_INVALID. */
export function durationMs(text: string): number {
  const [, digits = '', unit = ''] = DURATION.exec(text) ?? [];
  const unitMs = UNITS_MS[unit];
  if (unitMs === undefined) throw new CodedError('QUESTION_INVALID', 'a duration such as 100ms');
  return Number(digits) * unitMs;
}

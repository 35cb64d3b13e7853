import { CodedError, LIMITS } from '@spoor/core';
import type { TraceQuery } from '../reader.ts';

/**
 * What stands in a question comes from whoever asks: a model that has read hostile text. Each value
 * is checked here, and encoded where it is used.
 */

const TRACE_ID = /^(?:[0-9a-f]{32}|[0-9a-f]{16})$/i;
const ZEROS = /^0+$/;

/** @returns 32 small digits; ids of 64 bits are filled up with zeros, as backends do */
export function checkTraceId(text: string): string {
  if (!TRACE_ID.test(text) || ZEROS.test(text))
    throw new CodedError('QUESTION_INVALID', 'trace id: 32 hexadecimal digits');
  return text.toLowerCase().padStart(32, '0');
}

/** Control characters, line separators and halves of pairs. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u2028\u2029]/u;

/** @returns the name as it is */
export function checkName(text: string, what: string): string {
  if (text === '' || text.length > LIMITS.backendNameCharsMax)
    throw new CodedError(
      'QUESTION_INVALID',
      `${what}: 1 to ${LIMITS.backendNameCharsMax} characters`,
    );
  if (UNPRINTABLE.test(text))
    throw new CodedError('QUESTION_INVALID', `${what}: a character that cannot be shown`);
  return text;
}

/** Segments that a proxy or a server could take for a way up, in any encoding. */
const TRAVERSAL = /(?:^|[/\\])\.{1,2}(?:[/\\]|$)|\\|%(?:25|2e|2f|5c|0)/i;

/** A name that stands in a path. */
export function checkPathName(text: string, what: string): string {
  if (TRAVERSAL.test(checkName(text, what)))
    throw new CodedError('QUESTION_INVALID', `${what}: it would be read as a path`);
  return text;
}

/** @throws QUESTION_INVALID which names the first value that cannot be asked for */
export function checkQuery(query: TraceQuery): TraceQuery {
  checkName(query.service, 'service');
  if (query.operation !== undefined) checkName(query.operation, 'operation');
  const tags = Object.entries(query.tags);
  if (tags.length > LIMITS.backendTagsMax)
    throw new CodedError('QUESTION_INVALID', `tags: at most ${LIMITS.backendTagsMax}`);
  for (const [key, value] of tags) {
    checkName(key, 'tag');
    if (value !== '') checkName(value, 'value of a tag');
  }
  checkRange(query.startMs, query.endMs);
  const { minDurationMs = 0, maxDurationMs = Number.MAX_SAFE_INTEGER, limit } = query;
  if (!(minDurationMs >= 0 && maxDurationMs >= minDurationMs))
    throw new CodedError('QUESTION_INVALID', 'durations: the longest is below the shortest');
  if (!Number.isInteger(limit) || limit < 1 || limit > LIMITS.backendTracesMax)
    throw new CodedError('QUESTION_INVALID', `limit: 1 to ${LIMITS.backendTracesMax}`);
  return query;
}

/** Unix milliseconds; what is later than this is meant in another unit. */
const TIME_MAX_MS = 9_999_999_999_999;

export function checkRange(startMs: number, endMs: number): void {
  const isTime = (ms: number): boolean => ms >= 0 && ms <= TIME_MAX_MS;
  if (!isTime(startMs) || !isTime(endMs))
    throw new CodedError('QUESTION_INVALID', 'times: Unix milliseconds');
  if (startMs > endMs)
    throw new CodedError('QUESTION_INVALID', 'times: the end is before the start');
}

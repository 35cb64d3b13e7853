import { toHex } from './bytes.ts';
import type { Random } from './ports.ts';

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** UUIDv7 of one logical call (or other observation). */
export type CallId = Branded<'CallId'>;
/** UUIDv7 of a session as Spoor sees it; not the protocol's session. */
export type SessionId = Branded<'SessionId'>;
/** 32 lower-case hexadecimal digits. */
export type TraceId = Branded<'TraceId'>;
/** 16 lower-case hexadecimal digits. */
export type SpanId = Branded<'SpanId'>;
/** Case id of a decision, as a person types it: `c-` and ten letters or digits. */
export type CaseId = Branded<'CaseId'>;

/** RFC 9562 UUID, version 7: 48 bits of milliseconds, then random bits. */
export function uuidv7(nowMs: number, random: Random): string {
  const bytes = random.bytes(16);
  let time = nowMs;
  for (let i = 5; i >= 0; i--) {
    bytes[i] = time % 256;
    time = Math.floor(time / 256);
  }
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = toHex(bytes);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

export const isUuidv7 = (text: string): boolean => UUID_V7.test(text);

export const newCallId = (nowMs: number, random: Random): CallId => uuidv7(nowMs, random) as CallId;
export const newSessionId = (nowMs: number, random: Random): SessionId =>
  uuidv7(nowMs, random) as SessionId;

/** All-zero ids are invalid in W3C Trace Context, hence the loop. */
function randomHex(length: number, random: Random): string {
  for (;;) {
    const bytes = random.bytes(length);
    if (bytes.some((byte) => byte !== 0)) return toHex(bytes);
  }
}

export const newTraceId = (random: Random): TraceId => randomHex(16, random) as TraceId;
export const newSpanId = (random: Random): SpanId => randomHex(8, random) as SpanId;

// No vowels and no look-alikes: a case id is read aloud and must not spell words.
const CASE_ALPHABET = 'bcdfghjkmnpqrstvwxz23456789';

export function newCaseId(random: Random): CaseId {
  const letters = [...random.bytes(10)].map((byte) => CASE_ALPHABET[byte % CASE_ALPHABET.length]);
  return `c-${letters.join('')}` as CaseId;
}

export const isCaseId = (text: string): text is CaseId => /^c-[a-z0-9]{10}$/.test(text);

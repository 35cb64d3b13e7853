/**
 * The log's side of C2SP tlog-witness: what to ask of a witness, and what its answers mean. The
 * network is the caller's.
 */
import { CodedError } from '@spoor/core';
import { parseCheckpoint } from '../checkpoint.ts';
import { formatSignature, type Note, parseNote } from '../note.ts';
import { checkByPlatform } from '../platform.ts';
import { readCosignature } from '../verify/cosignature.ts';
import type { VerifierKey } from '../verify/key.ts';
import { consistencyProof } from '../verify/prove.ts';
import type { LogSource } from '../verify/source.ts';
import { formatAddCheckpoint } from './request.ts';

export interface Posted {
  readonly status: number;
  readonly body: Uint8Array;
}

export type Asked =
  /** `line` is the cosignature, checked. */
  | { readonly status: 'cosigned'; readonly line: string; readonly timeMs: number }
  /** It holds a later checkpoint than ours: our files are older than what was signed. */
  | { readonly status: 'ahead'; readonly size: number }
  /** It holds another tree of that size, or finds no growth where there is some. */
  | { readonly status: 'split'; readonly size: number }
  /** It does not know the log, or not its key. */
  | { readonly status: 'unknown'; readonly why: string }
  /** Not now; nothing is said about the log by that. */
  | { readonly status: 'later'; readonly why: string };

export interface Question {
  /** The published note. */
  readonly note: string;
  /** Where its tiles are. */
  readonly source: LogSource;
  /** The witness's. */
  readonly key: VerifierKey;
  /** Size that the witness is thought to hold; the checkpoint's own to find out. */
  readonly known: number;
  readonly nowMs: () => number;
  readonly post: (body: Uint8Array) => Promise<Posted>;
}

/** The first learns the size that the witness holds, the second begins there; one for a race. */
const TRIES_MAX = 3;

/** Rejects as `post` does, and with LEDGER_UNREADABLE where our own tiles are not there. */
export async function askWitness(question: Question): Promise<Asked> {
  const parsed = parseNote(question.note);
  const checkpoint = parsed.status === 'ok' ? parseCheckpoint(parsed.note.text) : undefined;
  if (parsed.status !== 'ok' || checkpoint === undefined) {
    throw new CodedError('LEDGER_UNREADABLE', 'no checkpoint');
  }
  const { size } = checkpoint;
  let old = Math.min(question.known, size);
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const proof = await proofOf(question.source, old, size);
    const answer = await question.post(Buffer.from(formatAddCheckpoint(old, proof, question.note)));
    if (answer.status === 200) return readLines(parsed.note, answer.body, question);
    const meaning = readRefusal(answer, old, size);
    if (typeof meaning !== 'number') return meaning;
    old = meaning;
  }
  return { status: 'later', why: 'its size changes' };
}

const proofOf = async (source: LogSource, old: number, size: number): Promise<Uint8Array[]> =>
  old === 0 || old === size ? [] : consistencyProof(source, old, size);

/** A number is the size at which it wants the proof to begin. */
function readRefusal({ status, body }: Posted, old: number, size: number): Asked | number {
  if (status === 422) return { status: 'split', size: old };
  if (status === 403 || status === 404) return { status: 'unknown', why: `HTTP ${status}` };
  if (status !== 409) return { status: 'later', why: `HTTP ${status}` };
  const held = readSize(body);
  if (held === undefined) return { status: 'later', why: 'HTTP 409 without a size' };
  if (held > size) return { status: 'ahead', size: held };
  return held === size && old === size ? { status: 'split', size } : held;
}

/** `behind`: it holds less than we have, as it may. */
export type Probed = Asked | { readonly status: 'behind'; readonly size: number };

/** Is anything later known to that witness? Asks without a proof, so nothing grows by it. */
export async function probeWitness(question: Omit<Question, 'known' | 'source'>): Promise<Probed> {
  const { note, post } = question;
  const parsed = parseNote(note);
  const size = parsed.status === 'ok' ? parseCheckpoint(parsed.note.text)?.size : undefined;
  if (parsed.status !== 'ok' || size === undefined) {
    throw new CodedError('LEDGER_UNREADABLE', 'no checkpoint');
  }
  const answer = await post(Buffer.from(formatAddCheckpoint(size, [], note)));
  if (answer.status === 200) return readLines(parsed.note, answer.body, question);
  const meaning = readRefusal(answer, size, size);
  return typeof meaning === 'number' ? { status: 'behind', size: meaning } : meaning;
}

function readSize(body: Uint8Array): number | undefined {
  const decimal = /^(0|[1-9]\d{0,15})\n$/.exec(Buffer.from(body.subarray(0, 32)).toString())?.[1];
  const size = Number(decimal);
  return decimal === undefined || !Number.isSafeInteger(size) ? undefined : size;
}

/** Lines of other keys are passed over; ours must hold. */
function readLines(
  { text }: Note,
  body: Uint8Array,
  { key, nowMs }: Pick<Question, 'key' | 'nowMs'>,
): Asked {
  const parsed = parseNote(`${text}\n${Buffer.from(body).toString()}`);
  if (parsed.status === 'invalid') return { status: 'later', why: 'its answer cannot be read' };
  const found = readCosignature(parsed.note, key, nowMs(), checkByPlatform);
  if (found.status === 'wrong') return { status: 'later', why: found.why };
  if (found.status === 'absent') return { status: 'later', why: 'its answer has no cosignature' };
  const mine = parsed.note.signatures.filter((l) => l.name === key.name && l.keyId === key.keyId);
  return { status: 'cosigned', line: mine.map(formatSignature).join(''), timeMs: found.timeMs };
}

/**
 * The note with those lines in place of any that the same witnesses gave it before; the log's own
 * come first.
 */
export function cosignNote(
  note: string,
  witnesses: readonly VerifierKey[],
  lines: readonly string[],
): string {
  const parsed = parseNote(note);
  if (parsed.status === 'invalid') return note;
  const { text, signatures } = parsed.note;
  const isTheirs = ({ name, keyId }: VerifierKey | { name: string; keyId: number }): boolean =>
    witnesses.some((key) => key.name === name && key.keyId === keyId);
  const own = signatures.filter((line) => !isTheirs(line)).map(formatSignature);
  return `${text}\n${[...own, ...lines].join('')}`;
}

/** Verifying a log with the word of witnesses: has its end been cut, and is it alive? */
import { parseCheckpoint } from '../checkpoint.ts';
import { parseNote } from '../note.ts';
import { readCosignature } from './cosignature.ts';
import { type CheckSignature, verifyNote } from './key.ts';
import { hasQuorum, type WitnessPolicy } from './policy.ts';
import type { LogSource } from './source.ts';
import { type VerifyOptions, type VerifyResult, verifyLog } from './verify.ts';

/** Cosignatures and entries of a log that is alive are no older. */
export const STALE_AFTER_MS = 300_000;

/** One witness of the policy, and what its line under a checkpoint says. */
export interface WitnessWord {
  readonly name: string;
  /** Undefined where it has not cosigned. */
  readonly timeMs?: number;
}

export interface Cosignatures {
  readonly words: readonly WitnessWord[];
  /** Of the quorum: the oldest cosignature that it needs. Undefined where it is not met. */
  readonly timeMs?: number;
  /** Names of witnesses whose line does not hold. */
  readonly wrong: readonly string[];
}

/** Reads the lines of a policy's witnesses under a note. */
export function readCosignatures(
  note: string,
  policy: WitnessPolicy,
  nowMs: number,
  check?: CheckSignature,
): Cosignatures {
  const parsed = parseNote(note);
  const wrong: string[] = [];
  const words = policy.witnesses.map(({ name, key }): WitnessWord => {
    if (parsed.status === 'invalid') return { name };
    const found = readCosignature(parsed.note, key, nowMs, check);
    if (found.status === 'wrong') wrong.push(name);
    return found.status === 'cosigned' ? { name, timeMs: found.timeMs } : { name };
  });
  const timeMs = quorumTime(policy, words);
  return { words, wrong, ...(timeMs === undefined ? {} : { timeMs }) };
}

/** The latest time at which enough witnesses had spoken since. */
function quorumTime(policy: WitnessPolicy, words: readonly WitnessWord[]): number | undefined {
  const times = words.flatMap(({ timeMs }) => timeMs ?? []).sort((a, b) => b - a);
  const since = (start: number) => (name: string) =>
    words.some((word) => word.name === name && (word.timeMs ?? -1) >= start);
  return times.find((timeMs) => hasQuorum(policy, since(timeMs)));
}

export interface WitnessedOptions extends VerifyOptions {
  readonly policy: WitnessPolicy;
  /** Now, by the verifier's clock. */
  readonly nowMs: number;
  /** How old may the quorum's word and the newest entry be? */
  readonly staleMs: number;
}

export type WitnessedResult = VerifyResult & {
  /** Of the newest cosigned checkpoint; undefined where there is none. */
  readonly cosigned?: Cosignatures & { readonly size: number };
};

/**
 * As {@link verifyLog}, with the newest checkpoint that a quorum has cosigned as the older one: the
 * log must begin with that tree. `unwitnessed` where no quorum has cosigned any, `stale` where its
 * word is too old: then what came after it may be missing.
 */
export async function verifyWitnessed(
  source: LogSource,
  options: WitnessedOptions,
): Promise<WitnessedResult> {
  const { policy, nowMs, staleMs, ed25519 } = options;
  const notes = await readNotes(source);
  const found = notes.flatMap((note) => {
    const size = sizeOf(note, options);
    if (size === undefined) return [];
    return { note, size, ...readCosignatures(note, policy, nowMs, ed25519) };
  });
  const forged = found.find(({ wrong }) => wrong.length > 0);
  if (forged !== undefined) {
    const why = `the cosignature of ${forged.wrong.join(', ')} does not hold`;
    return { status: 'tampered', path: 'checkpoint', why };
  }
  const [newest] = found
    .filter(({ timeMs }) => timeMs !== undefined)
    .sort((a, b) => b.size - a.size || (b.timeMs ?? 0) - (a.timeMs ?? 0));
  if (newest === undefined) return without(await verifyLog(source, options));
  const { note, size, words, wrong, timeMs = 0 } = newest;
  const cosigned = { size, words, wrong, timeMs };
  const mine = await verifyLog(source, { ...options, checkpoint: note });
  const result =
    mine.status === 'ok' && options.checkpoint !== undefined
      ? await verifyLog(source, options)
      : mine;
  if (result.status === 'ok' && nowMs - timeMs > staleMs) {
    return { ...result, status: 'stale', newestMs: timeMs, cosigned };
  }
  return { ...result, cosigned };
}

/** Nobody has vouched, whatever an older checkpoint of the caller's says. */
const without = (result: VerifyResult): VerifyResult =>
  result.status === 'ok' ? { ...result, status: 'unwitnessed' } : result;

/** The newest checkpoint, and the newest that was cosigned. */
async function readNotes(source: LogSource): Promise<string[]> {
  const notes: string[] = [];
  for (const path of ['checkpoint.cosigned', 'checkpoint']) {
    const bytes = await source.read(path);
    if (bytes !== undefined) notes.push(new TextDecoder().decode(bytes));
  }
  return notes;
}

/** Undefined where the log has not signed it; `verifyLog` says why of the one that is published. */
function sizeOf(note: string, options: VerifyOptions): number | undefined {
  const keys = [options, ...(options.former ?? [])].map(({ verifierKey }) => verifierKey);
  const signed = keys.some((key) => verifyNote(note, key, options.ed25519).status === 'verified');
  return signed ? parseCheckpoint(note.slice(0, note.indexOf('\n\n') + 1))?.size : undefined;
}

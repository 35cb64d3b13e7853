/** The body of `add-checkpoint` (C2SP tlog-witness). */
import { fromBase64, LIMITS, toBase64 } from '@spoor/core';
import { type Checkpoint, parseCheckpoint } from '../checkpoint.ts';
import { type Note, parseNote } from '../note.ts';
import { HASH_BYTES } from '../tree/hasher.ts';

export interface AddCheckpoint {
  /** Size of the tree that the proof begins at. */
  readonly old: number;
  readonly proof: readonly Uint8Array[];
  readonly note: Note;
  readonly checkpoint: Checkpoint;
}

/** @param note The signed checkpoint. */
export const formatAddCheckpoint = (
  old: number,
  proof: readonly Uint8Array[],
  note: string,
): string => `old ${old}\n${proof.map((hash) => `${toBase64(hash)}\n`).join('')}\n${note}`;

/** Undefined where the body is anything else. */
export function parseAddCheckpoint(body: Uint8Array): AddCheckpoint | undefined {
  const text = decode(body);
  const split = text?.indexOf('\n\n') ?? -1;
  if (text === undefined || split < 0) return undefined;
  const [first = '', ...hashes] = text.slice(0, split).split('\n');
  const decimal = /^old (0|[1-9]\d{0,15})$/.exec(first)?.[1];
  const proof = hashes.flatMap((line) => fromBase64(line) ?? []);
  if (decimal === undefined || proof.length !== hashes.length) return undefined;
  if (proof.length > LIMITS.witnessProofLinesMax) return undefined;
  if (proof.some((hash) => hash.length !== HASH_BYTES)) return undefined;
  const parsed = parseNote(text.slice(split + 2));
  const checkpoint = parsed.status === 'ok' ? parseCheckpoint(parsed.note.text) : undefined;
  if (parsed.status !== 'ok' || checkpoint === undefined) return undefined;
  return { old: Number(decimal), proof, note: parsed.note, checkpoint };
}

function decode(body: Uint8Array): string | undefined {
  if (body.length > LIMITS.witnessBodyBytesMax) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return undefined;
  }
}

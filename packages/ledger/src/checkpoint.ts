/** Checkpoints (C2SP tlog-checkpoint): the text of a note that states a tree's size and root. */
import { fromBase64, toBase64 } from '@spoor/core';
import { HASH_BYTES } from './tree/hasher.ts';

export interface Checkpoint {
  /** Name of the log, without a scheme. */
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
}

export const formatCheckpoint = (checkpoint: Checkpoint): string =>
  `${checkpoint.origin}\n${checkpoint.size}\n${toBase64(checkpoint.root)}\n`;

/** Extension lines are allowed and ignored. Returns undefined for anything else. */
export function parseCheckpoint(text: string): Checkpoint | undefined {
  if (!text.endsWith('\n')) return undefined;
  const lines = text.slice(0, -1).split('\n');
  const [origin = '', decimal = '', base64 = ''] = lines;
  const root = fromBase64(base64);
  if (lines.includes('') || !/^(0|[1-9]\d{0,15})$/.test(decimal)) return undefined;
  const size = Number(decimal);
  if (root?.length !== HASH_BYTES || !Number.isSafeInteger(size)) return undefined;
  return { origin, size, root };
}

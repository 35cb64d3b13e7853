import { type KeyObject, sign } from 'node:crypto';
import type { Random } from '@spoor/core';
import type { Disk } from '../disk.ts';
import { loadKey, publicBytes, storeNewKey } from '../key.ts';
import { cosignatureLine, cosignedText } from '../verify/cosignature.ts';
import { formatWitnessKey, parseWitnessKey } from '../verify/key.ts';

/** Signs checkpoints of others, with the time. */
export interface Cosigner {
  /** C2SP vkey of a witness: what logs and verifiers are told. */
  readonly witnessKey: string;
  /** One signature line, with its newline. @param text The checkpoint's, without signatures. */
  cosign(text: string, nowMs: number): string;
}

/**
 * The witness's key of that file; undefined where there is none.
 *
 * @throws CodedError LEDGER_UNREADABLE where it is no key
 */
export async function loadCosigner(
  disk: Disk,
  path: string,
  name: string,
): Promise<Cosigner | undefined> {
  const key = await loadKey(disk, path);
  return key && createCosigner(key, name);
}

/** Makes the key; the disk makes all files for the owner only. */
export const makeCosigner = async (
  disk: Disk,
  path: string,
  name: string,
  random: Random,
): Promise<Cosigner> => createCosigner(await storeNewKey(disk, path, random), name);

function createCosigner(key: KeyObject, name: string): Cosigner {
  const witnessKey = formatWitnessKey(name, publicBytes(key));
  const parsed = parseWitnessKey(witnessKey);
  if (parsed === undefined) throw new RangeError(`${name} is no name of a key`);
  return {
    witnessKey,
    cosign(text, nowMs) {
      const timeS = Math.floor(nowMs / 1_000);
      const signature = sign(null, Buffer.from(cosignedText(text, timeS)), key);
      return cosignatureLine(parsed, timeS, signature);
    },
  };
}

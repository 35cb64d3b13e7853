/** Witnesses on a disk in memory. */
import { systemClock, systemRandom } from '@spoor/core';
import {
  FileState,
  formatAddCheckpoint,
  loadCosigner,
  makeCosigner,
  Witness,
  type WitnessAnswer,
} from '../../src/witness/index.ts';
import { MemoryDisk } from '../memory-disk.ts';
import { type Signer, signerOf, type Tree } from './logs.ts';

export const ORIGIN = 'log.example/one';
export const NAME = 'witness.example/w1';
export const PATH = '/witness/state.json';
export const log: Signer = signerOf(ORIGIN);

const KEY = '/witness/key';

export interface Started {
  readonly witness: Witness;
  readonly key: string;
  readonly disk: MemoryDisk;
}

export async function start(onSplit?: (origin: string, note: string) => void): Promise<Started> {
  const disk = new MemoryDisk();
  await FileState.create(disk, PATH);
  await makeCosigner(disk, KEY, NAME, systemRandom);
  return reopen(disk, onSplit);
}

/** As after a stop of the machine: give it what the disk kept. */
export async function reopen(
  disk: MemoryDisk,
  onSplit?: (origin: string, note: string) => void,
): Promise<Started> {
  const cosigner = await loadCosigner(disk, KEY, NAME);
  if (cosigner === undefined) throw new Error('the key is lost');
  const key = cosigner.witnessKey;
  const state = await FileState.open(disk, PATH, key);
  const more = onSplit === undefined ? {} : { onSplit };
  const logs = [log.verifierKey];
  return {
    disk,
    key,
    witness: new Witness({ logs, cosigner, state, clock: systemClock, ...more }),
  };
}

export const send = (witness: Witness, text: string): Promise<WitnessAnswer> =>
  witness.add(Buffer.from(text));

/** The request that an honest log would send. */
export const ask = (
  witness: Witness,
  tree: Tree,
  old: number,
  size: number,
): Promise<WitnessAnswer> =>
  send(witness, formatAddCheckpoint(old, tree.proof(old, size), tree.note(log, ORIGIN, size)));

/**
 * The day on which the log's own key is lost or stolen: a new one takes its place, and the last
 * tree that the old one signed is named, for a key manifest to say both.
 */
import { CodedError, type Random } from '@spoor/core';
import { type Disk, nodeDisk } from './disk.ts';
import { destroyKey } from './epochs.ts';
import { loadSigner, makeSigner } from './key.ts';
import { readSigned } from './lock.ts';
import type { FormerKey } from './verify/manifest.ts';

export interface RenewOptions {
  readonly stateDir: string;
  /** C2SP vkey of the key that goes. */
  readonly verifierKey: string;
  readonly origin: string;
  /** Keys before that one. */
  readonly former: readonly FormerKey[];
  /** The old key is there still, and must not be used any more: it is destroyed. */
  readonly isStolen: boolean;
  readonly random: Random;
  readonly disk?: Disk;
}

export interface Renewed {
  readonly verifierKey: string;
  readonly closed: FormerKey;
}

/**
 * To be called while no writer runs. After a stop in between it goes on where it was.
 *
 * @throws CodedError LEDGER_UNREADABLE where no tree was signed, or the old key is there and not
 *   stolen; LEDGER_TAMPERED where another key signed it
 */
export async function renewLogKey(options: RenewOptions): Promise<Renewed> {
  const { stateDir, origin, former, isStolen, random, disk = nodeDisk } = options;
  const path = `${stateDir}/log.key`;
  const lock = await readSigned(disk, `${stateDir}/lock`, options.verifierKey, origin, former);
  if (lock === undefined) throw new CodedError('LEDGER_UNREADABLE', 'no tree was ever signed');
  const present = await loadSigner(disk, path, origin);
  const isOld = present?.verifierKey === options.verifierKey;
  if (isOld && !isStolen) throw new CodedError('LOG_KEY_PRESENT', path);
  if (isOld) await destroyKey(disk, path);
  const signer =
    isOld || present === undefined ? await makeSigner(disk, path, origin, random) : present;
  const { size, root } = lock;
  const closed = { verifierKey: options.verifierKey, size, root };
  return { verifierKey: signer.verifierKey, closed };
}

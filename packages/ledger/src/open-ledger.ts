import { CodedError, toHex } from '@spoor/core';
import { formatCheckpoint } from './checkpoint.ts';
import { type Disk, nodeDisk } from './disk.ts';
import { makeDurableFolder, syncFolder } from './durable.ts';
import { confirmLost, Epochs, epochInForce } from './epochs.ts';
import { logOn } from './folder.ts';
import { loadSigner, makeSigner, type NoteSigner } from './key.ts';
import type { Ledger, LedgerOptions, Published } from './ledger.ts';
import { Lock, readSigned, type SignedCheckpoint } from './lock.ts';
import { settlePrune } from './prune.ts';
import { COSIGNED, type NewLeaf, nodeHasher, Publisher } from './publish.ts';
import { checkLock, loadTail, loadTree, type Replay, replay } from './recover.ts';
import { forgetRecovery, readRecovery, withRecovery } from './recovery.ts';
import { resettle } from './resettle.ts';
import { systemTimer } from './timer.ts';
import { Vault } from './vault/vault.ts';
import { readLeafAt } from './verify/source.ts';
import {
  destroyGone,
  destroySegment,
  forgetNewest,
  holdsContent,
  readWal,
  WalWriter,
} from './wal/wal.ts';
import { LedgerWriter } from './writer.ts';

/**
 * Opens the log for its one writer, or begins it. What a stop left in the write-ahead log is
 * published before this resolves, so that nothing acknowledged is lost.
 *
 * @throws CodedError LEDGER_ROLLED_BACK where the files are older than what was signed,
 *   LEDGER_TAMPERED where they do not match it, LEDGER_UNREADABLE where they are damaged or of
 *   another log, LEDGER_WRITE_FAILED where the disk refuses
 */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  try {
    return await open(options);
  } catch (error) {
    if (error instanceof CodedError) throw error;
    throw new CodedError('LEDGER_WRITE_FAILED', 'at start', error);
  }
}

async function open(options: LedgerOptions): Promise<Ledger> {
  const { dir, stateDir, clock, random, origin, disk = nodeDisk } = options;
  const folders = new Set<string>();
  for (const folder of [dir, `${stateDir}/wal`]) await makeDurableFolder(disk, folder, folders);
  const { signer, published, lock, cosigned } = await loadIdentity(disk, options);
  await options.confirm?.(published ?? emptyLog(signer, origin));
  const tree = await loadTree(disk, dir, published);
  const wal = await readWal(disk, `${stateDir}/wal`);
  const begun = (await readRecovery(disk, stateDir)).filter(({ index }) => index >= tree.size);
  const found = replay([...wal.records, ...begun], tree, lock);
  const fresh = found.leaves.map(({ leaf }) => leaf);
  const isSigned = lock !== undefined;
  if (wal.paths.length > 0 || !isSigned) {
    const segments = wal.paths;
    await resettle({ disk, dir, stateDir, found, segments, size: tree.size, isSigned });
  }
  const inForce = epochInForce(origin, lock?.note, fresh);
  await confirmLost({ disk, dir, stateDir }, inForce, fresh);
  const epochs = await Epochs.load({ disk, stateDir, origin, random, signer }, inForce);
  const vault = new Vault(disk, dir, folders);
  const publisher = new Publisher(
    { disk, dir, origin, epochs, folders, lock: new Lock(disk, `${stateDir}/lock`, lock) },
    { tree, tail: await loadTail(disk, dir, tree), published, cosigned, tidyFrom: found.oldest },
  );
  const stamp = { clock, random, boot: toHex(random.bytes(8)) };
  const size = tree.size + found.leaves.length;
  const parts = { epochs, publisher, stamp };
  const leaves = await withRecovery(disk, stateDir, found.leaves, size, parts);
  await finish({ ...found, leaves }, vault, publisher);
  await forgetRecovery(disk, stateDir);
  await settlePrune({ disk, dir, stateDir }, publisher.published?.size ?? 0);
  await forgetNewest(disk, `${stateDir}/wal`);
  await destroyGone(disk, `${stateDir}/wal`);
  const isSecret = wal.records.some(holdsContent);
  for (const path of wal.paths) {
    if (isSecret) await destroySegment(disk, path);
    else await disk.remove(path);
  }
  // Or else a torn one that comes back beside a newer one would look like a damaged one.
  if (wal.paths.length > 0) await syncFolder(disk, `${stateDir}/wal`);
  const source = logOn(disk, dir);
  const writer = new LedgerWriter({
    options,
    timer: options.timer ?? systemTimer,
    verifierKey: signer.verifierKey,
    stamp,
    epochs,
    prunes: { disk, dir, stateDir },
    wal: new WalWriter(disk, `${stateDir}/wal`, random, wal.nextNumber),
    vault,
    publisher,
    readPublished: async (index, size) => {
      const leaf = await readLeafAt(source, index, size);
      return leaf && Buffer.from(leaf).toString('latin1');
    },
    size: tree.size + leaves.length,
  });
  await writer.begin();
  announceStart(writer, wal.torn, found.leaves.length);
  return writer;
}

interface Identity {
  readonly signer: NoteSigner;
  readonly published: SignedCheckpoint | undefined;
  readonly lock: SignedCheckpoint | undefined;
  readonly cosigned: SignedCheckpoint | undefined;
}

/** Every log begins with the empty one, so its checkpoint may be signed at any time. */
function emptyLog(signer: NoteSigner, origin: string): Published {
  const text = formatCheckpoint({ origin, size: 0, root: nodeHasher.empty() });
  return { size: 0, note: signer.sign(text) };
}

async function loadIdentity(disk: Disk, options: LedgerOptions): Promise<Identity> {
  const { dir, stateDir, origin, former = [] } = options;
  const signer = await loadSigner(disk, `${stateDir}/log.key`, origin);
  if (signer === undefined) {
    for (const path of [`${dir}/checkpoint`, `${stateDir}/lock`])
      await refuseWithoutKey(disk, path);
    const made = await makeSigner(disk, `${stateDir}/log.key`, origin, options.random);
    return { signer: made, published: undefined, lock: undefined, cosigned: undefined };
  }
  const key = signer.verifierKey;
  const published = await readSigned(disk, `${dir}/checkpoint`, key, origin, former);
  const lock = await readSigned(disk, `${stateDir}/lock`, key, origin, former);
  const cosigned = await readSigned(disk, `${dir}/${COSIGNED}`, key, origin, former);
  checkLock(published, lock, cosigned);
  const closed = former.at(-1)?.size ?? 0;
  if ((lock?.size ?? 0) < closed) {
    throw new CodedError('LEDGER_ROLLED_BACK', `a key of the log was closed at ${closed} entries`);
  }
  return { signer, published, lock, cosigned };
}

/** A new key on an old log would begin a second history of it. */
async function refuseWithoutKey(disk: Disk, path: string): Promise<void> {
  if ((await disk.read(path)) === undefined) return;
  throw new CodedError('LEDGER_UNREADABLE', `${path} is there, but the log's key is not`);
}

interface Found extends Omit<Replay, 'leaves'> {
  readonly leaves: readonly NewLeaf[];
}

/** Publishes what the write-ahead log holds; ends in the same bytes however often it is begun. */
async function finish(found: Found, vault: Vault, publisher: Publisher): Promise<void> {
  await vault.store(await vault.missing(found.sealed), found.keys);
  if (found.leaves.length > 0) await publisher.publish(found.leaves);
  await publisher.tidy();
}

function announceStart(ledger: Ledger, torn: boolean, replayed: number): void {
  if (torn || replayed > 0) {
    ledger.append({ kind: 'log.recovered', detail: { replayed, torn } });
  }
  ledger.append({ kind: 'log.start' });
}

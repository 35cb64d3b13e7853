/**
 * The tamper drill: a small log of two epochs is written, changed in every way that this knows, by
 * people without its keys and with them, and verified each time.
 */
import type { Clock, Random } from '@spoor/core';
import { formatCheckpoint, parseCheckpoint } from './checkpoint.ts';
import { nodeDisk } from './disk.ts';
import { loadSigner, type NoteSigner } from './key.ts';
import { openLedger } from './open-ledger.ts';
import { checkByPlatform, sha256ByPlatform } from './platform.ts';
import { nodeHasher } from './publish.ts';
import { decodeBundle, encodeBundle, TILE_WIDTH, tilePath } from './tree/tile.ts';
import { TileTree } from './tree/tile-tree.ts';
import { epochName } from './verify/epochs.ts';
import { type VerifyResult, verifyLog } from './verify/verify.ts';

export interface DrillOptions {
  /** An empty folder; what is written there can be thrown away. */
  readonly folder: string;
  /** From 4 to 200: the log stays within one tile. */
  readonly entries: number;
  readonly clock: Clock;
  readonly random: Random;
}

/** One kind of attack: how often it was tried, and how often the verifier said what it must. */
export interface DrillRow {
  readonly attack: string;
  /** What the verifier must say. */
  readonly expected: VerifyResult['status'];
  readonly tried: number;
  readonly found: number;
}

type Files = ReadonlyMap<string, Uint8Array>;

interface Stage {
  readonly verifierKey: string;
  /** The log as it is, and as it was after its first half. */
  readonly files: Files;
  readonly older: Files;
  readonly leaves: readonly Uint8Array[];
  /** Leaves of the first epoch, which another key has closed. */
  readonly closed: number;
  readonly note: string;
  /** What a thief of all the keys there are can do. */
  readonly sign: (text: string) => string;
}

const ORIGIN = 'drill.example/log';

export async function drill(options: DrillOptions): Promise<DrillRow[]> {
  const stage = await setStage(options);
  const { files, older, leaves, closed, note, sign } = stage;
  const all = leaves.map((_, i) => i);
  const signatures = note.slice(note.indexOf('\n\n') + 1);
  const unsigned = (changed: readonly Uint8Array[]): Files =>
    rebuild(changed, (text) => text + signatures);
  const resigned = all
    .slice(0, closed)
    .map((i) => rebuild(leaves.with(i, edited(leaves[i])), sign));
  const cut = all.slice(1).map((size) => rebuild(leaves.slice(0, size), sign));
  return [
    await row(stage, 'one byte changed', 'tampered', flips(files)),
    await row(
      stage,
      'an entry taken out',
      'tampered',
      all.map((i) => unsigned(leaves.toSpliced(i, 1))),
    ),
    await row(
      stage,
      'an entry put in',
      'tampered',
      all.map((i) => unsigned(leaves.toSpliced(i, 0, edited(leaves[i])))),
    ),
    await row(
      stage,
      'two entries swapped',
      'tampered',
      all.slice(1).map((i) => unsigned(swapped(leaves, i))),
    ),
    await row(stage, 'an earlier epoch written anew with stolen keys', 'tampered', resigned),
    await row(
      stage,
      'the tail cut with stolen keys, beside an earlier checkpoint',
      'rolled-back',
      cut,
      note,
    ),
    await row(
      stage,
      'an older copy restored, beside a later checkpoint',
      'rolled-back',
      [older],
      note,
    ),
    await row(stage, 'an older copy restored, and nobody to ask', 'unwitnessed', [older]),
  ];
}

async function row(
  { verifierKey }: Stage,
  attack: string,
  expected: DrillRow['expected'],
  logs: Iterable<Files>,
  checkpoint?: string,
): Promise<DrillRow> {
  let tried = 0;
  let found = 0;
  for (const files of logs) {
    const source = { read: async (path: string) => files.get(path) };
    const result = await verifyLog(source, {
      verifierKey,
      ed25519: checkByPlatform,
      sha256: sha256ByPlatform,
      ...(checkpoint === undefined ? {} : { checkpoint }),
    });
    tried++;
    if (result.status === expected) found++;
  }
  return { attack, expected, tried, found };
}

async function setStage(options: DrillOptions): Promise<Stage> {
  const { folder, entries } = options;
  const half = Math.floor(entries / 2);
  await writeHalf(options, half);
  const older = await readFiles(folder);
  const { note, verifierKey } = await writeHalf(options, entries - half);
  const files = await readFiles(folder);
  const key = await loadSigner(nodeDisk, `${folder}/state/log.key`, ORIGIN);
  const epoch = await loadSigner(nodeDisk, `${folder}/state/epoch-2.key`, epochName(ORIGIN, 2));
  const sign = (text: string): string => signed(text, key, epoch);
  const closed = leavesOf(older).length;
  return { verifierKey, files, older, leaves: leavesOf(files), closed, note, sign };
}

const signed = (text: string, key?: NoteSigner, epoch?: NoteSigner): string =>
  `${key?.sign(text) ?? ''}${epoch?.line(text) ?? ''}`;

async function writeHalf(
  { folder, clock, random }: DrillOptions,
  count: number,
): Promise<{ readonly note: string; readonly verifierKey: string }> {
  const [dir, stateDir] = [`${folder}/log`, `${folder}/state`];
  const ledger = await openLedger({ dir, stateDir, origin: ORIGIN, clock, random });
  for (let n = 0; n < count; n++) ledger.append({ kind: 'heartbeat', detail: { n } });
  await ledger.close();
  return { note: ledger.published?.note ?? '', verifierKey: ledger.verifierKey };
}

const sizeOf = (note: string): number =>
  parseCheckpoint(note.slice(0, note.indexOf('\n\n') + 1))?.size ?? 0;

async function readFiles(folder: string): Promise<Files> {
  const files = new Map<string, Uint8Array>();
  const note = await nodeDisk.read(`${folder}/log/checkpoint`);
  const size = sizeOf(Buffer.from(note ?? []).toString());
  for (const path of ['checkpoint', tilePath(0, 0, size), tilePath('entries', 0, size)]) {
    files.set(path, (await nodeDisk.read(`${folder}/log/${path}`)) ?? new Uint8Array(0));
  }
  return files;
}

function leavesOf(files: Files): Uint8Array[] {
  const size = sizeOf(Buffer.from(files.get('checkpoint') ?? []).toString());
  return decodeBundle(files.get(tilePath('entries', 0, size)) ?? new Uint8Array(0), size) ?? [];
}

function* flips(files: Files): Generator<Files> {
  for (const [path, bytes] of files) {
    for (let at = 0; at < bytes.length; at++) {
      const changed = Uint8Array.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
      yield new Map(files).set(path, changed);
    }
  }
}

/** A log of those leaves, consistent in itself. */
function rebuild(leaves: readonly Uint8Array[], sign: (text: string) => string): Files {
  const tree = new TileTree(nodeHasher);
  for (const leaf of leaves) tree.push(nodeHasher.leaf(leaf), []);
  const { size } = tree;
  const text = formatCheckpoint({ origin: ORIGIN, size, root: tree.root() });
  return new Map([
    ['checkpoint', Buffer.from(sign(text))],
    [tilePath(0, 0, size % TILE_WIDTH), Buffer.concat(tree.partial()[0]?.hashes ?? [])],
    [tilePath('entries', 0, size % TILE_WIDTH), encodeBundle(leaves)],
  ]);
}

/** The same entry at another time. */
const edited = (leaf: Uint8Array | undefined): Uint8Array =>
  Buffer.from(
    Buffer.from(leaf ?? [])
      .toString('latin1')
      .replace(/"ts":(\d+)/, (_, ts: string) => `"ts":${Number(ts) + 1}`),
  );

const swapped = (leaves: readonly Uint8Array[], at: number): Uint8Array[] =>
  leaves.toSpliced(at - 1, 2, ...leaves.slice(at - 1, at + 1).toReversed());

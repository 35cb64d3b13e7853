import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, systemRandom } from '@spoor/core';
import { openLedger } from '@spoor/ledger';
import {
  inclusionProof,
  type LogSource,
  leafHash,
  parseCheckpoint,
  parseVerifierKey,
  readLeafAt,
  verifyInclusion,
  verifyNote,
} from '@spoor/ledger/verify';
import { beforeAll, describe, expect, onTestFinished } from 'vitest';
import { verifies } from '../verifies.ts';

/** Sigstore's verifier, and all that it needs. */
const PACKAGES = [
  '@sigstore/verify@4.1.3',
  '@sigstore/bundle@5.0.1',
  '@sigstore/core@4.0.1',
  '@sigstore/protobuf-specs@0.5.2',
];
const cache = join(homedir(), '.cache', 'spoor', 'sigstore-verify-4.1.3');
const load = createRequire(join(cache, 'package.json'));

/** Of their file `tlog`: what their verifier does with the log entries of a bundle. */
interface Theirs {
  verifyTLogInclusion(entry: object, authorities: readonly object[]): void;
}

function loaded(): Theirs | undefined {
  try {
    return load('@sigstore/verify/dist/tlog') as Theirs;
  } catch {
    return undefined;
  }
}

/** Undefined where it is there; else why not. What was installed is kept between runs. */
function install(): string | undefined {
  if (loaded() !== undefined) return undefined;
  mkdirSync(cache, { recursive: true });
  const flags = ['--prefix', cache, '--no-package-lock', '--ignore-scripts', '--fetch-retries=0'];
  const npm = spawnSync('npm', ['install', ...flags, ...PACKAGES], {
    cwd: cache,
    encoding: 'utf8',
    timeout: 60_000,
  });
  if (loaded() !== undefined) return undefined;
  return `SKIPPED: @sigstore/verify cannot be installed: ${npm.stderr ?? npm.error}`;
}

const ORIGIN = 'outside.example/spoor/2026';
const ENTRIES = 600;
const PROVED = [0, 1, 255, 256, 511, 512, 599];

/** One entry of our log, with everything that its verification takes. */
interface Case {
  readonly note: string;
  readonly index: number;
  readonly leaf: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

interface Log {
  readonly verifierKey: string;
  readonly cases: readonly Case[];
}

async function writeLog(): Promise<Log> {
  const folder = mkdtempSync(join(tmpdir(), 'spoor-sigstore-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const dir = join(folder, 'log');
  const ledger = await openLedger({
    dir,
    stateDir: join(folder, 'state'),
    origin: ORIGIN,
    clock: systemClock,
    random: systemRandom,
  });
  while (ledger.size < ENTRIES) ledger.append({ kind: 'heartbeat', seq: ledger.size });
  await ledger.close();
  const source: LogSource = { read: async (path) => readFileSync(join(dir, path)) };
  const note = readFileSync(join(dir, 'checkpoint'), 'utf8');
  const size = parseCheckpoint(note.slice(0, note.indexOf('\n\n') + 1))?.size ?? 0;
  expect(size).toBeGreaterThanOrEqual(ENTRIES);
  const cases: Case[] = [];
  for (const index of PROVED) {
    const leaf = await readLeafAt(source, index, size);
    if (leaf === undefined) throw new Error(`entry ${index} is not there`);
    cases.push({ note, index, leaf, proof: await inclusionProof(source, index, size) });
  }
  return { verifierKey: ledger.verifierKey, cases };
}

/** What they say of it, as of the entry of one of their own logs. */
function accepted(
  theirs: Theirs,
  verifierKey: string,
  { note, index, leaf, proof }: Case,
): boolean {
  const key = parseVerifierKey(verifierKey);
  if (key === undefined) throw new Error('the key cannot be read');
  const logID = Buffer.alloc(4);
  logID.writeUInt32BE(key.keyId);
  // RFC 8410: an Ed25519 public key is this prefix and its bytes.
  const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), key.publicKey]);
  const { toTrustMaterial } = load('@sigstore/verify') as {
    toTrustMaterial(root: object): { readonly tlogs: readonly object[] };
  };
  const { tlogs } = toTrustMaterial({
    certificateAuthorities: [],
    timestampAuthorities: [],
    ctlogs: [],
    tlogs: [
      {
        baseUrl: `https://${key.name}`,
        publicKey: { rawBytes: der },
        checkpointKeyId: { keyId: logID },
      },
    ],
  });
  const entry = {
    logId: { keyId: logID },
    canonicalizedBody: Buffer.from(leaf),
    inclusionProof: {
      logIndex: String(index),
      hashes: proof.map((hash) => Buffer.from(hash)),
      checkpoint: { envelope: note },
    },
  };
  try {
    theirs.verifyTLogInclusion(entry, tlogs);
    return true;
  } catch (error) {
    if ((error as { code?: unknown }).code === 'TLOG_INCLUSION_PROOF_ERROR') return false;
    throw error;
  }
}

/** What we say of the same. */
function acceptedHere(verifierKey: string, { note, index, leaf, proof }: Case): boolean {
  const verified = verifyNote(note, verifierKey);
  if (verified.status === 'unverified') return false;
  const tree = parseCheckpoint(verified.note.text);
  return tree !== undefined && verifyInclusion({ index, leafHash: leafHash(leaf), proof, ...tree });
}

const flipped = (bytes: Uint8Array, at: number): Uint8Array =>
  bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));

/** Each case with one byte changed, wherever a byte counts. */
function* changes(good: Case): Generator<Case> {
  for (const at of good.leaf.keys()) yield { ...good, leaf: flipped(good.leaf, at) };
  for (const [step, hash] of good.proof.entries()) {
    for (const at of hash.keys()) {
      yield { ...good, proof: good.proof.with(step, flipped(hash, at)) };
    }
  }
  yield { ...good, index: good.index ^ 1 };
  yield { ...good, proof: good.proof.slice(1) };
  yield* noteChanges(good);
}

/** Of the signed text, and of the signature by the log's key. */
function* noteChanges(good: Case): Generator<Case> {
  const [text = '', lines = ''] = good.note.split('\n\n');
  for (const at of Buffer.from(text).keys()) {
    const changed = Buffer.from(flipped(Buffer.from(text), at)).toString('latin1');
    yield { ...good, note: `${changed}\n\n${lines}` };
  }
  const line = lines.split('\n').find((one) => one.startsWith(`\u2014 ${ORIGIN} `)) ?? '';
  const base64 = line.slice(line.lastIndexOf(' ') + 1);
  const signature = Buffer.from(base64, 'base64');
  expect(signature).toHaveLength(68);
  for (const at of signature.keys()) {
    const changed = Buffer.from(flipped(signature, at)).toString('base64');
    yield { ...good, note: good.note.replace(base64, changed) };
  }
}

describe("Sigstore's verifier", () => {
  let missing: string | undefined;
  beforeAll(() => {
    missing = install();
  }, 120_000);

  verifies(
    'ledger:format',
    async (context) => {
      if (missing !== undefined) return context.skip(missing);
      const theirs = loaded();
      if (theirs === undefined) throw new Error('it was there a moment ago');
      const { verifierKey, cases } = await writeLog();
      let refused = 0;
      for (const good of cases) {
        expect(accepted(theirs, verifierKey, good), `entry ${good.index}`).toBe(true);
        expect(acceptedHere(verifierKey, good), `entry ${good.index}`).toBe(true);
        for (const bad of changes(good)) {
          expect(accepted(theirs, verifierKey, bad)).toBe(false);
          expect(acceptedHere(verifierKey, bad)).toBe(false);
          refused++;
        }
      }
      expect(refused).toBeGreaterThan(3_000);
      const [first] = cases;
      if (first === undefined) throw new Error('nothing was proved');
      const other = await writeLog();
      expect(accepted(theirs, other.verifierKey, first)).toBe(false);
    },
    {
      case: "Sigstore's verifier takes checkpoint and inclusion, and none with a byte changed",
      timeoutMs: 60_000,
    },
  );
});

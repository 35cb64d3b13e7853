import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { formatVerifierKey, formatWitnessKey } from '@spoor/ledger/verify';
import { ledger } from './fixtures.ts';

/** A published log of up to 256 entries, written down here without the ledger's own writer. */
export interface TestLog {
  readonly leaves: readonly string[];
  readonly leafHashes: readonly string[];
  /** What the hub answers, by path. */
  readonly answers: Readonly<Record<string, unknown>>;
}

function keyOf(seed: number): { readonly key: KeyObject; readonly publicKey: Buffer } {
  const key = createPrivateKey({
    // RFC 8410: an Ed25519 private key is this prefix and its seed.
    key: Buffer.concat([
      Buffer.from('302e020100300506032b657004220420', 'hex'),
      Buffer.alloc(32, seed),
    ]),
    format: 'der',
    type: 'pkcs8',
  });
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return { key, publicKey: spki.subarray(-32) };
}

const { key, publicKey } = keyOf(7);

const sha256 = (...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** RFC 6962 §2.1. */
function root(hashes: readonly Buffer[]): Buffer {
  if (hashes.length === 1 && hashes[0] !== undefined) return hashes[0];
  let below = 1;
  while (below * 2 < hashes.length) below *= 2;
  return sha256(Buffer.of(1), root(hashes.slice(0, below)), root(hashes.slice(below)));
}

export function testLog(leaves: readonly string[]): TestLog {
  const origin = 'spoor.test/log';
  const hashes = leaves.map((leaf) => sha256(Buffer.of(0), Buffer.from(leaf)));
  const verifierKey = formatVerifierKey(origin, publicKey);
  const text = `${origin}\n${leaves.length}\n${root(hashes).toString('base64')}\n`;
  const keyId = Buffer.from(verifierKey.split('+')[1] ?? '', 'hex');
  const signature = Buffer.concat([keyId, sign(null, Buffer.from(text), key)]).toString('base64');
  const checkpoint = `${text}\n— ${origin} ${signature}\n`;
  const entries = leaves.map((leaf) => {
    const bytes = Buffer.from(leaf);
    return Buffer.concat([Buffer.of(bytes.length >> 8, bytes.length & 255), bytes]);
  });
  const partial = `000.p/${leaves.length}`;
  return {
    leaves,
    leafHashes: hashes.map((hash) => hash.toString('hex')),
    answers: {
      '/api/v1/ledger': ledger({ origin, size: leaves.length, checkpoint, verifierKey }),
      '/ledger/checkpoint': new Uint8Array(Buffer.from(checkpoint)),
      [`/ledger/tile/0/${partial}`]: new Uint8Array(Buffer.concat(hashes)),
      [`/ledger/tile/entries/${partial}`]: new Uint8Array(Buffer.concat(entries)),
    },
  };
}

export interface TestWitness {
  /** C2SP vkey. */
  readonly key: string;
  /** The note with this witness's line (C2SP tlog-cosignature). */
  cosign(note: string, timeMs: number): string;
}

export function testWitness(name: string, seed: number): TestWitness {
  const own = keyOf(seed);
  const verifierKey = formatWitnessKey(name, own.publicKey);
  return {
    key: verifierKey,
    cosign(note, timeMs) {
      const timeS = Math.floor(timeMs / 1_000);
      const text = note.slice(0, note.indexOf('\n\n') + 1);
      const time = Buffer.alloc(8);
      time.writeBigUInt64BE(BigInt(timeS));
      const signed = sign(null, Buffer.from(`cosignature/v1\ntime ${timeS}\n${text}`), own.key);
      const keyId = Buffer.from(verifierKey.split('+')[1] ?? '', 'hex');
      const line = Buffer.concat([keyId, time, signed]).toString('base64');
      return `${note}\u2014 ${name} ${line}\n`;
    },
  };
}

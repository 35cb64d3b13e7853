import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { CodedError, type Random } from '@spoor/core';
import type { Disk } from './disk.ts';
import { replaceFile } from './durable.ts';
import { formatSignature } from './note.ts';
import { formatVerifierKey, parseVerifierKey } from './verify/key.ts';

/** Signs checkpoints under the log's name. */
export interface NoteSigner {
  readonly verifierKey: string;
  /** The whole note. @param text Ends with a newline. */
  sign(text: string): string;
  /** One signature line, with its newline. */
  line(text: string): string;
  signBytes(text: string): Uint8Array;
}

/** The key of `<stateDir>/log.key`; undefined where there is none. */
export async function loadSigner(
  disk: Disk,
  path: string,
  name: string,
): Promise<NoteSigner | undefined> {
  const key = await loadKey(disk, path);
  return key && createSigner(key, name);
}

/** Undefined where there is none. @throws CodedError LEDGER_UNREADABLE where it is no key */
export async function loadKey(disk: Disk, path: string): Promise<KeyObject | undefined> {
  const pem = await disk.read(path);
  if (pem === undefined) return undefined;
  try {
    return createPrivateKey(Buffer.from(pem));
  } catch (error) {
    throw new CodedError('LEDGER_UNREADABLE', `${path} is no key`, error);
  }
}

/** Makes the key; the disk makes all files for the owner only. */
export async function makeSigner(
  disk: Disk,
  path: string,
  name: string,
  random: Random,
): Promise<NoteSigner> {
  return createSigner(await storeNewKey(disk, path, random), name);
}

/** Durable when this resolves. */
export async function storeNewKey(disk: Disk, path: string, random: Random): Promise<KeyObject> {
  const privateKey = keyOf(random.bytes(32));
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' });
  await replaceFile(disk, path, Buffer.from(pem));
  return privateKey;
}

/** PKCS #8 head of an Ed25519 key (RFC 8410); the seed follows. */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

/** An Ed25519 key is 32 random bytes, so the randomness can be an argument as elsewhere. */
function keyOf(seed: Uint8Array): KeyObject {
  const der = Buffer.concat([PKCS8_HEAD, seed]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  der.fill(0);
  return key;
}

/** 32 bytes. */
export const publicBytes = (key: KeyObject): Uint8Array =>
  Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x ?? '', 'base64url');

/** @param seed 32 bytes of an Ed25519 key. */
export const signerOf = (seed: Uint8Array, name: string): NoteSigner =>
  createSigner(keyOf(seed), name);

function createSigner(key: KeyObject, name: string): NoteSigner {
  const verifierKey = formatVerifierKey(name, publicBytes(key));
  const keyId = parseVerifierKey(verifierKey)?.keyId ?? 0;
  const signBytes = (text: string): Uint8Array => sign(null, Buffer.from(text), key);
  const line = (text: string): string =>
    formatSignature({ name, keyId, signature: signBytes(text) });
  return { verifierKey, signBytes, line, sign: (text) => `${text}\n${line(text)}` };
}

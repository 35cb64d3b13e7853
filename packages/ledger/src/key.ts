import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from 'node:crypto';
import { concatBytes, toBase64 } from '@spoor/core';
import type { Disk } from './disk.ts';
import { replaceFile } from './durable.ts';
import { formatVerifierKey, parseVerifierKey } from './verify/key.ts';

/** Signs checkpoints under the log's name. */
export interface NoteSigner {
  readonly verifierKey: string;
  /** @param text Ends with a newline. */
  sign(text: string): string;
}

/** The key of `<stateDir>/log.key`; undefined where there is none. */
export async function loadSigner(
  disk: Disk,
  path: string,
  name: string,
): Promise<NoteSigner | undefined> {
  const pem = await disk.read(path);
  return pem === undefined ? undefined : createSigner(createPrivateKey(Buffer.from(pem)), name);
}

/** Makes the key; the disk makes all files for the owner only. */
export async function makeSigner(disk: Disk, path: string, name: string): Promise<NoteSigner> {
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' });
  await replaceFile(disk, path, Buffer.from(pem));
  return createSigner(privateKey, name);
}

function createSigner(key: KeyObject, name: string): NoteSigner {
  const { x = '' } = createPublicKey(key).export({ format: 'jwk' });
  const verifierKey = formatVerifierKey(name, Buffer.from(x, 'base64url'));
  const id = Buffer.alloc(4);
  id.writeUInt32BE(parseVerifierKey(verifierKey)?.keyId ?? 0);
  return {
    verifierKey,
    sign(text) {
      const signature = concatBytes(id, sign(null, Buffer.from(text), key));
      return `${text}\n\u2014 ${name} ${toBase64(signature)}\n`;
    },
  };
}

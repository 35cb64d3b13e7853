import { createDecipheriv, hash } from 'node:crypto';
import { CodedError, type SealedMeta } from '@spoor/core';
import { type Disk, nodeDisk } from '../disk.ts';
import type { Leaf } from '../entry.ts';
import { contentMac, deriveKeys, keyId } from '../seal/keys.ts';
import {
  associatedData,
  readSealed,
  type SealedParts,
  shreddedCipher,
  TAG_BYTES,
} from '../seal/record.ts';
import { isShreddedKey, isVaultPlace, keyPath, packPath, readPack } from '../vault/pack.ts';
import { unwrapAge } from './age.ts';
import { readIdentities } from './keys.ts';

export interface OpenOptions {
  /** Folder of the log, with its vault. */
  readonly dir: string;
  /** The entry, as it stands in the (verified) log. */
  readonly leaf: Leaf;
  /** Text of one or more identity files. */
  readonly identity: string | readonly string[];
  readonly passphrase?: string;
  readonly disk?: Disk;
}

export type OpenFailure =
  | 'VAULT_NOT_SEALED'
  | 'VAULT_WRONG_KEY'
  | 'PAYLOAD_MISSING'
  | 'PAYLOAD_SHREDDED'
  | 'PAYLOAD_TAMPERED';

/** What could not be opened says why; `parts` holds those that were, also beside a failure. */
export type Opened =
  | { readonly status: 'opened'; readonly parts: readonly OpenedPart[] }
  | {
      readonly status: 'failed';
      readonly code: OpenFailure;
      readonly parts: readonly OpenedPart[];
    };

/** Its ciphertext, key commitment and MAC are those in the leaf. */
export interface OpenedPart {
  readonly part: SealedMeta['part'];
  readonly plaintext: Uint8Array;
}

/** Opens the content of one entry, part by part. Nothing records that it was opened. */
export async function openContent(options: OpenOptions): Promise<Opened> {
  const { leaf } = options;
  if (leaf.content === undefined || leaf.content.length === 0)
    return failed('VAULT_NOT_SEALED', []);
  const parts: OpenedPart[] = [];
  let failure: OpenFailure | undefined;
  for (const meta of leaf.content) {
    const opened = await openPart(options, meta);
    if (typeof opened === 'string') failure ??= opened;
    else parts.push({ part: meta.part, plaintext: opened });
  }
  return failure === undefined ? { status: 'opened', parts } : failed(failure, parts);
}

const failed = (code: OpenFailure, parts: readonly OpenedPart[]): Opened => ({
  status: 'failed',
  code,
  parts,
});

async function openPart(options: OpenOptions, meta: SealedMeta): Promise<Uint8Array | OpenFailure> {
  const { dir, leaf, disk = nodeDisk } = options;
  if (!isVaultPlace(leaf.session, meta.kek)) return 'PAYLOAD_MISSING';
  const wrapped = await disk.read(`${dir}/${keyPath(leaf.session, meta.kek)}`);
  if (wrapped === undefined) return 'PAYLOAD_MISSING';
  if (isShreddedKey(wrapped)) return 'PAYLOAD_SHREDDED';
  const pack = await disk.read(`${dir}/${packPath(leaf.session, meta.kek)}`);
  const sealed = findSealed(Buffer.from(pack ?? []), leaf, meta);
  if (typeof sealed === 'string') return sealed;
  const sessionKey = await unwrapSession(wrapped, options);
  if (sessionKey === undefined) return 'VAULT_WRONG_KEY';
  if (keyId(sessionKey) !== meta.kek) return 'PAYLOAD_TAMPERED';
  return decryptPart(sealed, sessionKey, meta);
}

/** The record with that ciphertext, or what stands in its place. */
function findSealed(pack: Buffer, leaf: Leaf, meta: SealedMeta): SealedParts | OpenFailure {
  const packed = readPack(pack);
  if (packed.some(({ bytes }) => shreddedCipher(bytes) === meta.cipher)) return 'PAYLOAD_SHREDDED';
  const records = packed.flatMap(({ bytes }) => readSealed(bytes) ?? []);
  const sealed = records.find(({ ciphertext }) => hash('sha256', ciphertext) === meta.cipher);
  if (sealed !== undefined) {
    return sealed.wrappedKey.every((byte) => byte === 0) ? 'PAYLOAD_SHREDDED' : sealed;
  }
  const isThere = records.some(({ record, part }) => record === leaf.call && part === meta.part);
  return isThere ? 'PAYLOAD_TAMPERED' : 'PAYLOAD_MISSING';
}

async function unwrapSession(
  wrapped: Uint8Array,
  { identity, passphrase }: OpenOptions,
): Promise<Uint8Array | undefined> {
  const texts = typeof identity === 'string' ? [identity] : identity;
  try {
    const identities: string[] = [];
    for (const text of texts) identities.push(...(await readIdentities(text, passphrase)));
    return await unwrapAge(wrapped, { identities });
  } catch (error) {
    if (error instanceof CodedError && error.code !== 'VAULT_WRONG_KEY') throw error;
    return undefined;
  }
}

function decryptPart(
  sealed: SealedParts,
  sessionKey: Uint8Array,
  meta: SealedMeta,
): Uint8Array | OpenFailure {
  const bound = associatedData(sealed.record, sealed.part, meta.kek);
  const dataKey = decrypt(sessionKey, sealed.wrapNonce, bound, sealed.wrappedKey);
  const plaintext = dataKey && decrypt(dataKey, sealed.nonce, bound, sealed.ciphertext);
  if (dataKey === undefined || plaintext === undefined) return 'PAYLOAD_TAMPERED';
  const { commit, macKey } = deriveKeys(dataKey);
  const holds =
    sealed.part === meta.part &&
    plaintext.length === meta.bytes &&
    commit === meta.commit &&
    contentMac(macKey, plaintext) === meta.mac;
  return holds ? plaintext : 'PAYLOAD_TAMPERED';
}

/** AES-256-GCM with the tag after the ciphertext; undefined where the tag does not hold. */
export function decrypt(
  key: Uint8Array,
  nonce: Uint8Array,
  bound: Uint8Array,
  bytes: Uint8Array,
): Buffer | undefined {
  const decipher = createDecipheriv('aes-256-gcm', key, nonce);
  decipher.setAAD(bound);
  decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
  try {
    const plaintext = decipher.update(bytes.subarray(0, bytes.length - TAG_BYTES));
    return Buffer.concat([plaintext, decipher.final()]);
  } catch {
    return undefined;
  }
}

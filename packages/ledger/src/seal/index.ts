/**
 * Sealing, in the data path: each content under its own data key, that under the session's key, and
 * that under the auditors' public keys. What is sealed here, nothing here can open again once the
 * session's key is gone from memory.
 */
import { createCipheriv, createSecretKey, hash, type KeyObject } from 'node:crypto';
import { assert, CodedError, type Random, type SealedContent, type SealedPart } from '@spoor/core';
import { contentMac, deriveKeys, keyId } from './keys.ts';
import {
  associatedData,
  headBytes,
  KEY_BYTES,
  NONCE_BYTES,
  RECORD_NAMES_MAX,
  TAG_BYTES,
  writeHead,
} from './record.ts';

export interface SealerOptions {
  /** Session whose content this is; one sealer, one key for each. */
  readonly session: string;
  /** `age` recipients (`age1…`): auditors and recovery. */
  readonly recipients: readonly string[];
  readonly random: Random;
}

export interface Sealer {
  readonly session: string;
  readonly key: {
    /** Id of the session key. */
    readonly kek: string;
    /** The session key as an `age` file. */
    readonly wrapped: Uint8Array;
  };
  /** @param record Id of the call (or other entry) that the content belongs to. */
  seal(record: string, part: SealedPart, plaintext: Uint8Array): SealedContent;
}

/** @throws CodedError VAULT_LOCKED where there is nobody to seal to */
export async function createSealer(options: SealerOptions): Promise<Sealer> {
  const { session, recipients, random } = options;
  if (recipients.length === 0) throw new CodedError('VAULT_LOCKED');
  // Loaded here and not above: wrappers without auditors start without it.
  const { Encrypter } = await import('age-encryption');
  const sessionKey = random.bytes(KEY_BYTES);
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  const wrapped = await encrypter.encrypt(sessionKey);
  const kek = keyId(sessionKey);
  const sealing: SealingKey = { sessionKey: createSecretKey(sessionKey), kek, random };
  sessionKey.fill(0);
  return {
    session,
    key: { kek, wrapped },
    seal: (record, part, plaintext) => sealContent(sealing, record, part, plaintext),
  };
}

interface SealingKey {
  readonly sessionKey: KeyObject;
  readonly kek: string;
  readonly random: Random;
}

function sealContent(
  { sessionKey, kek, random }: SealingKey,
  record: string,
  part: SealedPart,
  plaintext: Uint8Array,
): SealedContent {
  assert(record.length <= RECORD_NAMES_MAX && /^[\x20-\x7e]*$/.test(record), 'a record has an id');
  const fresh = random.bytes(KEY_BYTES + 2 * NONCE_BYTES);
  const dataKey = fresh.subarray(0, KEY_BYTES);
  const wrapNonce = fresh.subarray(KEY_BYTES, KEY_BYTES + NONCE_BYTES);
  const nonce = fresh.subarray(KEY_BYTES + NONCE_BYTES);
  const bound = associatedData(record, part, kek);
  const { commit, macKey } = deriveKeys(dataKey);
  const bytes = Buffer.allocUnsafe(headBytes(part, record) + plaintext.length + TAG_BYTES);
  const wrappedKey = encrypt(sessionKey, wrapNonce, bound, dataKey);
  const at = writeHead(bytes, { wrapNonce, wrappedKey, nonce, part, record });
  const ciphertext = bytes.subarray(at);
  ciphertext.set(encrypt(createSecretKey(dataKey), nonce, bound, plaintext));
  const meta = {
    part,
    bytes: plaintext.length,
    cipher: hash('sha256', ciphertext, 'hex'),
    commit,
    mac: contentMac(macKey, plaintext),
    kek,
  };
  return { meta, record: bytes };
}

/** AES-256-GCM; the tag follows the ciphertext. */
function encrypt(
  key: KeyObject,
  nonce: Uint8Array,
  bound: Uint8Array,
  plaintext: Uint8Array,
): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(bound);
  const ciphertext = cipher.update(plaintext);
  cipher.final();
  return Buffer.concat([ciphertext, cipher.getAuthTag()]);
}

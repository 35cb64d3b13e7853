import { CodedError } from '@spoor/core';
import {
  armor,
  Decrypter,
  Encrypter,
  generateX25519Identity,
  identityToRecipient,
} from 'age-encryption';

export interface AuditorKey {
  /** Public: content is sealed to it. */
  readonly recipient: string;
  /** Secret: text of an `age` identity file. */
  readonly identityFile: string;
}

export interface AuditorKeys {
  /** Its file is an armoured `age` file where a passphrase was given. */
  readonly auditor: AuditorKey;
  /** For the day on which the auditor's is lost; not encrypted, to be kept offline. */
  readonly recovery: AuditorKey;
}

/** Makes the auditor's and the recovery identity; content is sealed to both. */
export async function createAuditorKeys(
  options: { readonly passphrase?: string } = {},
): Promise<AuditorKeys> {
  return { auditor: await createAuditorKey(options), recovery: await createKey() };
}

/** A new auditor's identity alone, for when the old one is replaced or lost. */
export async function createAuditorKey({
  passphrase,
}: {
  readonly passphrase?: string;
}): Promise<AuditorKey> {
  const key = await createKey();
  if (passphrase === undefined) return key;
  return { ...key, identityFile: await encryptText(key.identityFile, passphrase) };
}

async function createKey(): Promise<AuditorKey> {
  const identity = await generateX25519Identity();
  const recipient = await identityToRecipient(identity);
  return { recipient, identityFile: `# public key: ${recipient}\n${identity}\n` };
}

export async function encryptText(text: string, passphrase: string): Promise<string> {
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  return armor.encode(await encrypter.encrypt(text));
}

/**
 * The identities in a file's text, decrypted with the passphrase where it is encrypted.
 *
 * @throws CodedError VAULT_WRONG_KEY where it is not an identity file, or not for this passphrase
 */
export async function readIdentities(text: string, passphrase?: string): Promise<string[]> {
  const plain = isEncrypted(text) ? await decryptText(text, passphrase) : text;
  const identities = plain.match(/^AGE-SECRET-KEY-[A-Z0-9-]+$/gm) ?? [];
  if (identities.length === 0) throw new CodedError('VAULT_WRONG_KEY', 'no identity in the file');
  return identities;
}

export const isEncrypted = (text: string): boolean =>
  text.trimStart().startsWith('-----BEGIN AGE ENCRYPTED FILE-----');

/** Public sides of the identities in a file's text. Throws as {@link readIdentities} does. */
export async function recipientsOf(text: string, passphrase?: string): Promise<string[]> {
  const identities = await readIdentities(text, passphrase);
  return Promise.all(identities.map((identity) => identityToRecipient(identity)));
}

/** @throws CodedError VAULT_WRONG_KEY */
export async function decryptText(text: string, passphrase: string | undefined): Promise<string> {
  if (passphrase === undefined) throw new CodedError('VAULT_WRONG_KEY', 'it needs a passphrase');
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  try {
    return await decrypter.decrypt(armor.decode(text.trim()), 'text');
  } catch (error) {
    throw new CodedError('VAULT_WRONG_KEY', 'the passphrase does not open it', error);
  }
}

/** The root key: kept offline by the owner, it signs what the keys of the log are. */
import { CodedError, type Random, toBase64 } from '@spoor/core';
import { type NoteSigner, signerOf } from '../key.ts';
import { isKeyName } from '../note.ts';
import { decryptText, encryptText, isEncrypted } from './keys.ts';

export interface RootKey {
  /** C2SP vkey: public, to be handed to whoever checks. */
  readonly verifierKey: string;
  /** Secret; an armoured `age` file where a passphrase was given. */
  readonly file: string;
}

const HEAD = 'SPOOR-ROOT-KEY-1';

/** @throws CodedError USAGE where the name cannot be one of a key */
export async function createRootKey(options: {
  readonly name: string;
  readonly random: Random;
  readonly passphrase?: string;
}): Promise<RootKey> {
  const { name, random, passphrase } = options;
  if (!isKeyName(name) || name.length > NAME_MAX) throw new CodedError('USAGE', 'name of the key');
  const seed = random.bytes(32);
  const { verifierKey } = signerOf(seed, name);
  const text = `# public key: ${verifierKey}\n${HEAD} ${name} ${toBase64(seed)}\n`;
  seed.fill(0);
  const file = passphrase === undefined ? text : await encryptText(text, passphrase);
  return { verifierKey, file };
}

const NAME_MAX = 128;

/**
 * @param file Text of the file that {@link createRootKey} made.
 * @throws CodedError ROOT_KEY_UNREADABLE
 */
export async function openRootKey(file: string, passphrase?: string): Promise<NoteSigner> {
  const text = isEncrypted(file) ? await decrypted(file, passphrase) : file;
  const line = text.split('\n').find((one) => one.startsWith(`${HEAD} `));
  const [, name = '', base64 = ''] = line?.split(' ') ?? [];
  const seed = Buffer.from(base64, 'base64');
  if (!isKeyName(name) || seed.length !== 32) throw new CodedError('ROOT_KEY_UNREADABLE');
  return signerOf(seed, name);
}

async function decrypted(file: string, passphrase: string | undefined): Promise<string> {
  try {
    return await decryptText(file, passphrase);
  } catch (error) {
    throw new CodedError('ROOT_KEY_UNREADABLE', 'the passphrase does not open it', error);
  }
}

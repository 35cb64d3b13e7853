import { armor, Decrypter } from 'age-encryption';

const ARMOUR = '-----BEGIN AGE ENCRYPTED FILE-----';

export interface AgeKeys {
  readonly identities: readonly string[];
  readonly passphrase?: string | undefined;
}

/**
 * What is in an `age` file, armoured or not. Rejects where it is malformed or not for these keys.
 */
export async function unwrapAge(
  file: Uint8Array,
  { identities, passphrase }: AgeKeys,
): Promise<Buffer> {
  const decrypter = new Decrypter();
  for (const identity of identities) decrypter.addIdentity(identity);
  if (passphrase !== undefined) decrypter.addPassphrase(passphrase);
  const text = Buffer.from(file).toString('latin1');
  const bytes = text.trimStart().startsWith(ARMOUR) ? armor.decode(text) : file;
  return Buffer.from(await decrypter.decrypt(bytes));
}

import { CodedError } from '@spoor/core';
import { Decrypter, Encrypter } from 'age-encryption';
import { exchangeFile } from '../destroy.ts';
import { type Disk, nodeDisk } from '../disk.ts';

import { isShreddedKey } from '../vault/pack.ts';
import { readIdentities } from './keys.ts';

export interface RewrapOptions {
  /** Folder of the log, with its vault. */
  readonly dir: string;
  /** Text of an identity file that opens what is there: the recovery identity. */
  readonly identity: string;
  readonly passphrase?: string;
  /** Whom the session keys are wrapped to from now on. */
  readonly recipients: readonly string[];
  readonly disk?: Disk;
}

export interface Rewrapped {
  readonly wrapped: number;
  /** Wrapped to others, so left as they are. */
  readonly closed: number;
  readonly shredded: number;
}

/**
 * Wraps every session key anew, to other recipients; the sealed contents stay as they are. Each key
 * file is replaced as a whole, so a stop leaves all of them readable by one side or the other.
 *
 * @throws CodedError VAULT_WRONG_KEY where the identity file cannot be read
 */
export async function rewrapVault(options: RewrapOptions): Promise<Rewrapped> {
  const { dir, identity, passphrase, recipients, disk = nodeDisk } = options;
  if (recipients.length === 0) throw new CodedError('VAULT_LOCKED');
  const decrypter = new Decrypter();
  for (const one of await readIdentities(identity, passphrase)) decrypter.addIdentity(one);
  const counts = { wrapped: 0, closed: 0, shredded: 0 };
  for (const path of await keyFiles(disk, `${dir}/vault`)) {
    const bytes = await disk.read(path);
    if (bytes === undefined) continue;
    if (isShreddedKey(bytes)) {
      counts.shredded++;
      continue;
    }
    const key = await decrypter.decrypt(bytes).catch(() => undefined);
    if (key === undefined) {
      counts.closed++;
      continue;
    }
    const encrypter = new Encrypter();
    for (const recipient of recipients) encrypter.addRecipient(recipient);
    await exchangeFile(disk, path, await encrypter.encrypt(key));
    key.fill(0);
    counts.wrapped++;
  }
  return counts;
}

async function keyFiles(disk: Disk, vault: string): Promise<string[]> {
  const paths: string[] = [];
  for (const spread of await disk.list(vault)) {
    for (const session of await disk.list(`${vault}/${spread}`)) {
      const folder = `${vault}/${spread}/${session}`;
      const names = (await disk.list(folder)).filter((name) => name.endsWith('.age'));
      paths.push(...names.map((name) => `${folder}/${name}`));
    }
  }
  return paths;
}

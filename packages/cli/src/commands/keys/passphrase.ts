import { readFileSync } from 'node:fs';
import type { Context } from '../../command.ts';
import { askPassphrase } from '../../passphrase.ts';

/** For a secret that is being made; undefined where it is to stay unprotected. */
export async function newPassphrase(
  flags: Context['flags'],
  what: string,
): Promise<string | undefined> {
  if (flags['no-passphrase'] === true) return undefined;
  return givenPassphrase(flags) ?? askPassphrase(`Passphrase for ${what}: `, true);
}

/** For a secret that is there. */
export const oldPassphrase = async (flags: Context['flags'], what: string): Promise<string> =>
  givenPassphrase(flags) ?? askPassphrase(`Passphrase of ${what}: `, false);

function givenPassphrase(flags: Context['flags']): string | undefined {
  const file = flags['passphrase-file'];
  return typeof file === 'string' ? (readFileSync(file, 'utf8').split('\n')[0] ?? '') : undefined;
}

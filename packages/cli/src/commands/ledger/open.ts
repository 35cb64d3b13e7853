import { CodedError } from '@spoor/core';
import { openContent } from '@spoor/ledger/open';
import type { Context } from '../../command.ts';
import { paint, visible } from '../../output.ts';
import { askPassphrase } from '../../passphrase.ts';
import { dirOf, indexOf, leafAt, readText } from './source.ts';

/**
 * Content goes to standard output as it is, when that is a file or a pipe; a terminal gets it made
 * visible.
 */
export async function open(context: Context): Promise<number> {
  const { flags, out } = context;
  const index = indexOf(context);
  const path = flags.identity;
  if (typeof path !== 'string') throw new CodedError('USAGE', '--identity');
  const identity = await readText(path);
  const passphrase = await passphraseFor(identity, flags);
  const opened = await openContent({
    dir: dirOf(context),
    leaf: JSON.parse(await leafAt(context, index)),
    identity,
    ...(passphrase === undefined ? {} : { passphrase }),
  });
  if (opened.status !== 'opened') throw new CodedError(opened.code, `entry ${index}`);
  for (const { part, plaintext } of opened.parts) {
    if (typeof flags.part === 'string' && flags.part !== part) continue;
    if (process.stdout.isTTY)
      out.line(
        `${paint(out, 'dim', `${part}:`)} ${visible(Buffer.from(plaintext).toString('utf8'))}`,
      );
    else process.stdout.write(plaintext);
  }
  return 0;
}

async function passphraseFor(
  identity: string,
  flags: Context['flags'],
): Promise<string | undefined> {
  if (!identity.startsWith('-----BEGIN AGE') && !identity.startsWith('age-encryption.org'))
    return undefined;
  const file = flags['passphrase-file'];
  if (typeof file === 'string') return (await readText(file)).split('\n')[0];
  return askPassphrase('Passphrase of the identity: ', false);
}

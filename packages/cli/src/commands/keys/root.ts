import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { CodedError, systemRandom } from '@spoor/core';
import { prepareHome } from '@spoor/edge/home';
import { createRootKey } from '@spoor/ledger/open';
import type { Context } from '../../command.ts';
import { paint } from '../../output.ts';
import { newPassphrase } from './passphrase.ts';

/** The secret goes where the user says; only the public half stays here. */
export async function makeRoot({ flags, home, out }: Context): Promise<number> {
  prepareHome(home);
  if (existsSync(home.rootKey)) throw new CodedError('KEYS_EXIST', home.rootKey);
  const folder = typeof flags.out === 'string' ? flags.out : process.cwd();
  const secret = join(folder, 'spoor-root.key');
  if (existsSync(secret)) throw new CodedError('KEYS_EXIST', secret);
  const name = `${hostname().replace(/[^A-Za-z0-9.-]/g, '-')}/spoor-root`;
  const passphrase = await newPassphrase(flags, 'the root key');
  const made = await createRootKey({
    name: typeof flags.name === 'string' ? flags.name : name,
    random: systemRandom,
    ...(passphrase === undefined ? {} : { passphrase }),
  });
  writeFileSync(secret, made.file, { mode: 0o600, flag: 'wx' });
  const open = join(folder, 'spoor-root.vkey');
  writeFileSync(open, `${made.verifierKey}\n`, { mode: 0o600 });
  mkdirSync(home.ledgerState, { recursive: true, mode: 0o700 });
  writeFileSync(home.rootKey, `${made.verifierKey}\n`, { mode: 0o600, flag: 'wx' });
  if (flags.json === true) out.json({ secret, public: open, verifierKey: made.verifierKey });
  else {
    out.line(`Root key      ${secret}`);
    out.line(`Public half   ${open}: give it to whoever checks your ledger`);
    out.line(
      paint(out, 'yellow', 'Move the root key off this machine; it is needed to sign only.'),
    );
    out.line(`Next: spoor keys manifest sign --root-key ${secret}`);
  }
  return 0;
}

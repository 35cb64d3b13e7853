/** The identities that open sealed content: made, replaced, and recovered after a loss. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CodedError, ERRORS } from '@spoor/core';
import { prepareHome, readRecipients } from '@spoor/edge/home';
import { createAuditorKey, createAuditorKeys, rewrapVault } from '@spoor/ledger/open';
import type { Context } from '../../command.ts';
import { paint } from '../../output.ts';
import { newPassphrase } from './passphrase.ts';

export async function init({ flags, home, out }: Context): Promise<number> {
  prepareHome(home);
  if (existsSync(home.recipients)) throw new CodedError('KEYS_EXIST', home.recipients);
  const given = flags.recipient;
  if (typeof given === 'string') {
    writeRecipients(home.recipients, [given]);
    out.line(`Contents are sealed to ${given} from the next session on.`);
    return 0;
  }
  const passphrase = await newPassphrase(flags, 'the auditor identity');
  const made = await createAuditorKeys(passphrase === undefined ? {} : { passphrase });
  const folder = typeof flags.out === 'string' ? flags.out : process.cwd();
  const auditor = join(folder, 'spoor-auditor.age-identity');
  const recovery = join(folder, 'spoor-recovery.age-identity');
  writeFileSync(auditor, made.auditor.identityFile, { mode: 0o600, flag: 'wx' });
  writeFileSync(recovery, made.recovery.identityFile, { mode: 0o600, flag: 'wx' });
  writeRecipients(home.recipients, [made.auditor.recipient, made.recovery.recipient]);
  out.line(`Auditor identity   ${auditor}`);
  out.line(`Recovery identity  ${recovery}`);
  out.line(
    paint(
      out,
      'yellow',
      'Move both off this machine, apart from each other. Whoever holds one reads every sealed content.',
    ),
  );
  return 0;
}

/** A new auditor in the place of the first recipient; the others stay. */
async function replaceAuditor({ flags, home }: Context): Promise<Replaced> {
  const [, ...others] = readRecipients(home);
  if (others.length === 0) throw new CodedError('VAULT_LOCKED', 'there is nothing to replace');
  const passphrase = await newPassphrase(flags, 'the auditor identity');
  const made = await createAuditorKey(passphrase === undefined ? {} : { passphrase });
  const folder = typeof flags.out === 'string' ? flags.out : process.cwd();
  const path = freePath(folder);
  writeFileSync(path, made.identityFile, { mode: 0o600, flag: 'wx' });
  return { path, recipients: [made.recipient, ...others] };
}

interface Replaced {
  readonly path: string;
  readonly recipients: readonly string[];
}

/** No identity file is ever written over. */
function freePath(folder: string): string {
  for (let n = 2; ; n++) {
    const path = join(folder, `spoor-auditor-${n}.age-identity`);
    if (!existsSync(path)) return path;
  }
}

export async function rotate(context: Context): Promise<number> {
  const { home, out } = context;
  const { path, recipients } = await replaceAuditor(context);
  replaceRecipients(home.recipients, recipients);
  out.line(`Auditor identity   ${path}`);
  out.line('From the next session on. Keep the old one: it opens what was sealed to it.');
  return 0;
}

export async function recover(context: Context): Promise<number> {
  const { flags, home, out } = context;
  if (typeof flags.identity !== 'string') throw new CodedError('USAGE', '--identity');
  const identity = readFileSync(flags.identity, 'utf8');
  const { path, recipients } = await replaceAuditor(context);
  const counts = await rewrapVault({ dir: home.ledger, identity, recipients });
  replaceRecipients(home.recipients, recipients);
  if (flags.json === true) out.json({ identity: path, ...counts });
  else {
    out.line(`Auditor identity   ${path}`);
    out.line(`${counts.wrapped} session keys are wrapped to it, ${counts.shredded} were shredded.`);
  }
  if (counts.closed > 0) out.note(`${counts.closed} session keys did not open with that identity.`);
  return counts.closed > 0 ? ERRORS.VAULT_WRONG_KEY.exit : 0;
}

function replaceRecipients(path: string, recipients: readonly string[]): void {
  writeRecipients(`${path}.tmp`, recipients);
  renameSync(`${path}.tmp`, path);
}

function writeRecipients(path: string, recipients: readonly string[]): void {
  writeFileSync(path, `# age recipients that contents are sealed to\n${recipients.join('\n')}\n`, {
    mode: 0o600,
    flag: 'wx',
  });
}

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CodedError, ERRORS } from '@spoor/core';
import { prepareHome, readRecipients } from '@spoor/edge/home';
import type { Command, Context } from '../command.ts';
import { paint } from '../output.ts';
import { askPassphrase } from '../passphrase.ts';

export const keys: Command = {
  usage: 'init [--out FOLDER] [--recipient R]… | rotate | recover --identity F | export | status',
  summary: "Makes and replaces the auditors' keys, to which contents are sealed.",
  flags: {
    out: {
      type: 'string',
      placeholder: 'FOLDER',
      help: 'Where the identity files go; default the current folder. Keep them elsewhere',
    },
    recipient: {
      type: 'string',
      placeholder: 'R',
      help: 'Use an age recipient that exists already instead of making keys',
    },
    'passphrase-file': {
      type: 'string',
      placeholder: 'F',
      help: 'File whose first line protects the identity; asked for on a terminal otherwise',
    },
    identity: {
      type: 'string',
      placeholder: 'F',
      help: 'Recovery identity, which opens what the lost one opened',
    },
    'no-passphrase': { type: 'boolean', help: 'Leave the identity file unprotected' },
  },
  more: 'rotate makes a new auditor identity for what comes; keep the old one for what is there. recover does so after a loss, and wraps the keys of all kept content anew, with the recovery identity. export prints what others need to check the ledger, and nothing secret. The hub never sees an identity: it cannot read its own past. Without the auditor or recovery identity, nobody can.',
  run: async (context) => {
    const [action] = context.words;
    if (action === 'init') return init(context);
    if (action === 'rotate') return rotate(context);
    if (action === 'recover') return recover(context);
    if (action === 'export') return exportPublic(context);
    if (action === 'status') return status(context);
    throw new CodedError('USAGE', 'keys init, rotate, recover, export or status');
  },
};

async function init({ flags, home, out }: Context): Promise<number> {
  prepareHome(home);
  if (existsSync(home.recipients)) throw new CodedError('KEYS_EXIST', home.recipients);
  const given = flags.recipient;
  if (typeof given === 'string') {
    writeRecipients(home.recipients, [given]);
    out.line(`Contents are sealed to ${given} from the next session on.`);
    return 0;
  }
  const { createAuditorKeys } = await import('@spoor/ledger/open');
  const passphrase = await passphraseFor(flags);
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

async function passphraseFor(flags: Context['flags']): Promise<string | undefined> {
  if (flags['no-passphrase'] === true) return undefined;
  const file = flags['passphrase-file'];
  if (typeof file === 'string') return readFileSync(file, 'utf8').split('\n')[0];
  return askPassphrase('Passphrase for the auditor identity: ', true);
}

/** A new auditor in the place of the first recipient; the others stay. */
async function replaceAuditor({ flags, home }: Context): Promise<Replaced> {
  const [, ...others] = readRecipients(home);
  if (others.length === 0) throw new CodedError('VAULT_LOCKED', 'there is nothing to replace');
  const { createAuditorKey } = await import('@spoor/ledger/open');
  const passphrase = await passphraseFor(flags);
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

async function rotate(context: Context): Promise<number> {
  const { home, out } = context;
  const { path, recipients } = await replaceAuditor(context);
  replaceRecipients(home.recipients, recipients);
  out.line(`Auditor identity   ${path}`);
  out.line('From the next session on. Keep the old one: it opens what was sealed to it.');
  return 0;
}

async function recover(context: Context): Promise<number> {
  const { flags, home, out } = context;
  if (typeof flags.identity !== 'string') throw new CodedError('USAGE', '--identity');
  const { rewrapVault } = await import('@spoor/ledger/open');
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

/** What others need to check the ledger; nothing in it is secret. */
function exportPublic({ home, out }: Context): number {
  out.json({
    recipients: readRecipients(home),
    verifierKey: textOf(join(home.ledgerState, 'log.vkey'))?.trim(),
    checkpoint: textOf(join(home.ledger, 'checkpoint')),
  });
  return 0;
}

const textOf = (path: string): string | undefined =>
  existsSync(path) ? readFileSync(path, 'utf8') : undefined;

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

function status({ flags, home, out }: Context): number {
  const recipients = readRecipients(home);
  if (flags.json === true) out.json({ recipients });
  else if (recipients.length === 0)
    out.line('No auditor keys: contents are not sealed, only facts and projections are kept.');
  for (const recipient of flags.json === true ? [] : recipients) out.line(recipient);
  return 0;
}

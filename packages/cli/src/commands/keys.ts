import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CodedError } from '@spoor/core';
import { prepareHome, readRecipients } from '@spoor/edge/home';
import type { Command, Context } from '../command.ts';
import { paint } from '../output.ts';
import { askPassphrase } from '../passphrase.ts';

export const keys: Command = {
  usage: 'init [--out FOLDER] [--recipient R]… | status',
  summary: "Makes the auditors' keys: from then on, contents are sealed to them.",
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
    'no-passphrase': { type: 'boolean', help: 'Leave the identity file unprotected' },
  },
  more: 'The hub never sees an identity: it cannot read its own past. Without the auditor or recovery identity, nobody can.',
  run: async (context) => {
    const [action] = context.words;
    if (action === 'init') return init(context);
    if (action === 'status') return status(context);
    throw new CodedError('USAGE', 'keys init or keys status');
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

import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { CodedError } from '@spoor/core';
import { parseCode, pinOf, writeEnrolment } from '@spoor/edge/enrolment';
import { prepareHome } from '@spoor/edge/home';
import { enrolAt } from '@spoor/edge/remote';
import type { Command, Context } from '../command.ts';
import { askPassphrase } from '../passphrase.ts';

export const enrol: Command = {
  usage: '[--code-file F] [--replace]',
  summary: 'Makes a key and registers it at a hub on another machine, by a code from there.',
  flags: {
    'code-file': {
      type: 'string',
      placeholder: 'F',
      help: 'File with the code; without it, it is asked for or read from standard input',
    },
    replace: { type: 'boolean', help: 'Although this state folder is enrolled already' },
  },
  more: 'The code comes from `spoor hub enrol-code`. It is a secret, so it never stands on a command line.\nFrom then on `run`, `gateway`, `hook` and `intent` of this state folder speak to that hub.',
  run: async ({ words, flags, home, out }) => {
    if (words.length > 0)
      throw new CodedError(
        'USAGE',
        'no words: others can read a command line, so give no code on it',
      );
    prepareHome(home);
    if (existsSync(home.enrolment) && flags.replace !== true)
      throw new CodedError('ENROLMENT_EXISTS', home.enrolment);
    const code = parseCode(await codeFrom(flags));
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const name = await enrolAt(code, privateKey);
    const { host, port, pin } = code;
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    writeEnrolment(home, { host, port, pin, name, key });
    const print = pinOf(publicKey.export({ type: 'spki', format: 'der' }));
    if (flags.json === true) out.json({ name, hub: `${host}:${port}`, key: print });
    else out.line(`Enrolled as ${name} at ${host}:${port}, key ${print.slice(0, 16)}.`);
    return 0;
  },
};

async function codeFrom(flags: Context['flags']): Promise<string> {
  const file = flags['code-file'];
  if (typeof file === 'string') return readFileSync(file, 'utf8');
  if (process.stdin.isTTY === true) return askPassphrase('Enrolment code: ', false);
  return text(process.stdin);
}

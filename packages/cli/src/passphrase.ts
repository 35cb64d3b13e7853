import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { CodedError } from '@spoor/core';

/** Asks on the terminal without showing what is typed. */
export async function askPassphrase(question: string, twice: boolean): Promise<string> {
  if (process.stdin.isTTY !== true) {
    throw new CodedError('USAGE', 'no terminal to ask for a passphrase: give --passphrase-file');
  }
  const first = await askHidden(question);
  if (first === '') throw new CodedError('USAGE', 'the passphrase is empty');
  if (twice && (await askHidden('Again: ')) !== first)
    throw new CodedError('USAGE', 'the passphrases differ');
  return first;
}

async function askHidden(question: string): Promise<string> {
  process.stderr.write(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input: process.stdin, output: silent, terminal: true });
  try {
    return await reader.question('');
  } finally {
    reader.close();
    process.stderr.write('\n');
  }
}

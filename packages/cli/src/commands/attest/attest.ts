import { CodedError } from '@spoor/core';
import type { Command } from '../../command.ts';
import { FLAGS } from './flags.ts';

export const attest: Command = {
  usage:
    'keygen --out F | public --key F | open --key F --sub U | call --key F --server N (--sub U | --txn F)',
  summary: 'Proves on whose behalf calls are made, for orchestrators in any language.',
  flags: FLAGS,
  more: [
    'keygen makes a key and prints the row by which the owner of a hub registers it; public prints it again.',
    'open signs who the user is and prints the token; call puts a proof on each JSON-RPC request of standard',
    'input, one on a line, and stays as long as there are any:',
    '',
    '  spoor attest keygen --out planner.pem --iss https://planner.example.com',
    '  spoor attest call --key planner.pem --iss https://planner.example.com --sub ann --server files',
    '  spoor attest open --key planner.pem --sub ann > token',
    '  spoor attest call --key planner.pem --server files --txn token < request.json',
    '',
    'Keys and tokens come from files or standard input, never from arguments. See docs/attest.md.',
  ].join('\n'),
  run: async (context) => {
    const [word, ...more] = context.words;
    if (more.length > 0 || context.rest.length > 0) throw new CodedError('USAGE', 'one word');
    if (word === 'keygen') return (await import('./keygen.ts')).keygen(context);
    if (word === 'public') return (await import('./keygen.ts')).showPublic(context);
    if (word === 'open') return (await import('./open.ts')).open(context);
    if (word === 'call') return (await import('./call.ts')).call(context, process.stdin);
    throw new CodedError('USAGE', 'attest keygen, public, open or call');
  },
};

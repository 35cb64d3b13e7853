import type { Flag } from '../../command.ts';

/** Who opens content, and what of it. */
export const OPENING: Readonly<Record<string, Flag>> = {
  identity: { type: 'string', placeholder: 'F', help: 'Identity of an auditor, for open' },
  'passphrase-file': {
    type: 'string',
    placeholder: 'F',
    help: 'File whose first line opens the identity',
  },
  part: {
    type: 'string',
    placeholder: 'P',
    help: 'request, result, error, intent or definitions; default all',
  },
};

/** Flags of all subcommands of `spoor vault`. */
export const FLAGS: Readonly<Record<string, Flag>> = {
  call: { type: 'string', placeholder: 'ID', help: 'The contents of one call' },
  session: { type: 'string', placeholder: 'ID', help: 'Of one session, with its keys' },
  person: { type: 'string', placeholder: 'P', help: 'Of one caller, in all sessions' },
  before: { type: 'string', placeholder: 'DATE', help: 'Of all that came before' },
  period: { type: 'string', placeholder: 'A..B', help: 'Of all that came in between' },
  reason: { type: 'string', placeholder: 'WORDS', help: 'Why; stands in the ledger' },
  yes: { type: 'boolean', help: 'Really destroy, for good' },
  dir: { type: 'string', placeholder: 'FOLDER', help: "A log; default the hub's" },
  ...OPENING,
  raw: { type: 'boolean', help: 'The very bytes, to a file or a pipe and not to a terminal' },
};

import type { Flag } from '../../command.ts';
import { OPENING } from '../vault/flags.ts';

/** Flags of all subcommands of `spoor ledger`. */
export const FLAGS: Readonly<Record<string, Flag>> = {
  dir: { type: 'string', placeholder: 'FOLDER', help: "The log; default the hub's" },
  key: {
    type: 'string',
    placeholder: 'F',
    help: "File with the log's verifier key; default the one beside the log's state",
  },
  root: {
    type: 'string',
    placeholder: 'F',
    help: "File with a public root key: the log's key must stand in a manifest that it signed",
  },
  checkpoint: {
    type: 'string',
    placeholder: 'F',
    help: 'A checkpoint of this log that was kept elsewhere',
  },
  entries: {
    type: 'string',
    placeholder: 'N',
    help: 'Of the log that a drill tampers with, 4 to 200; default 100',
  },
  format: {
    type: 'string',
    placeholder: 'jsonl|csv',
    help: 'Of an export, or of follow; default jsonl',
  },
  proof: {
    type: 'string',
    placeholder: 'F',
    help: 'Check this proof of one entry, offline, instead of the log',
  },
  witness: {
    type: 'string',
    placeholder: 'KEY|F',
    help: 'Key of a witness, or a policy file: who has to vouch for the log, and is asked',
  },
  offline: { type: 'boolean', help: 'Ask no witness, look at the files alone' },
  'max-age': {
    type: 'string',
    placeholder: 'AGE',
    help: 'The newest entry, and what witnesses say, may be no older: 90s, 5m, 2h; default 5m with --witness',
  },
  'no-payloads': {
    type: 'boolean',
    help: 'Verify a copy without its vault: do not look for sealed contents',
  },
  from: { type: 'string', placeholder: 'INDEX', help: 'Where follow begins; default the end' },
  seconds: { type: 'string', placeholder: 'N', help: 'How long hammer runs; default 10' },
  callers: {
    type: 'string',
    placeholder: 'N',
    help: 'Callers of hammer that each wait for the disk; default 64',
  },
  writer: { type: 'string', placeholder: 'FOLDER', help: "For hammer's own second process" },
  spans: {
    type: 'string',
    placeholder: 'F',
    help: 'Spans as a backend gives them, in any JSON: their "spanId" are looked for',
  },
  ...OPENING,
  before: { type: 'string', placeholder: 'DATE', help: 'Prune entries that are older, in UTC' },
  'keep-days': { type: 'string', placeholder: 'N', help: 'Prune entries that are older than that' },
  yes: { type: 'boolean', help: 'Really prune, for good' },
  'dry-run': { type: 'boolean', help: 'Only say what would be pruned; the default' },
  reason: {
    type: 'string',
    placeholder: 'WORDS',
    help: 'Why it is opened or pruned; stands in the ledger',
  },
  raw: { type: 'boolean', help: 'The very bytes, to a file or a pipe; for open' },
};

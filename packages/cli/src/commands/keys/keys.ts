import type { Command } from '../../command.ts';
import { type Subcommand, withSubcommands } from '../../subcommands.ts';

const ACTIONS: Readonly<Record<string, Subcommand>> = {
  init: {
    usage: '[--out FOLDER] [--recipient R]',
    summary: "Makes the auditors' keys, to which contents are sealed",
    load: async () => (await import('./auditors.ts')).init,
  },
  rotate: {
    usage: '[--out FOLDER]',
    summary: 'Makes a new auditor identity for what comes; keep the old one for what is there',
    load: async () => (await import('./auditors.ts')).rotate,
  },
  recover: {
    usage: '--identity F [--out FOLDER]',
    summary: 'After a loss: wraps the keys of all kept content to a new auditor identity',
    load: async () => (await import('./auditors.ts')).recover,
  },
  root: {
    usage: '[--out FOLDER] [--name NAME]',
    summary: 'Makes the root key, which is kept offline and vouches for all others',
    load: async () => (await import('./root.ts')).makeRoot,
  },
  manifest: {
    usage: 'draft | sign [DRAFT] --root-key F | install F | show | check [F] [--root F]',
    summary: 'What the root key says of the keys of the log',
    load: async () => (await import('./manifest.ts')).manifest,
  },
  export: {
    usage: '',
    summary: 'Prints what others need to check the ledger, and nothing secret',
    load: async () => (await import('./export.ts')).exportPublic,
  },
  status: {
    usage: '',
    summary: 'Says which keys exist, where, and what is missing',
    load: async () => (await import('./status.ts')).status,
  },
};

export const keys: Command = withSubcommands({
  name: 'keys',
  summary: 'Makes, replaces and shows keys: of auditors, of the log, and the root that vouches.',
  flags: {
    out: {
      type: 'string',
      placeholder: 'FOLDER',
      help: 'Where secret files go; default the current folder. Keep them elsewhere',
    },
    recipient: {
      type: 'string',
      placeholder: 'R',
      help: 'Use an age recipient that exists already instead of making keys',
    },
    'passphrase-file': {
      type: 'string',
      placeholder: 'F',
      help: 'File whose first line protects the secret; asked for on a terminal otherwise',
    },
    identity: {
      type: 'string',
      placeholder: 'F',
      help: 'Recovery identity, which opens what the lost one opened',
    },
    'no-passphrase': { type: 'boolean', help: 'Leave the secret file unprotected' },
    name: { type: 'string', placeholder: 'NAME', help: 'Of a root key; default HOST/spoor-root' },
    'root-key': { type: 'string', placeholder: 'F', help: 'File of the root key, to sign with' },
    root: {
      type: 'string',
      placeholder: 'F',
      help: 'File with the public root key, to check by; default the one that was pinned here',
    },
    days: { type: 'string', placeholder: 'N', help: 'How long a manifest holds; default 365' },
    'new-log-key': {
      type: 'boolean',
      help: "With draft or sign: the log's key is lost, so make another (the hub must not run)",
    },
    stolen: { type: 'boolean', help: 'With --new-log-key: destroy the old key, which is there' },
  },
  subcommands: ACTIONS,
  more: [
    'The hub never sees an identity or the root key: it cannot read its own past, nor vouch for its',
    'own keys. Without the auditor or recovery identity, nobody can open content.',
  ],
});

import type { Command } from '../../command.ts';
import { type Subcommand, withSubcommands } from '../../subcommands.ts';
import { FLAGS } from './flags.ts';
import { OUTCOMES } from './outcomes.ts';

const SUBCOMMANDS: Readonly<Record<string, Subcommand>> = {
  verify: {
    usage: '[--checkpoint F] [--witness KEY|F] [--root F] [--max-age AGE] [--no-payloads]',
    summary: 'Recomputes the whole log; with --proof F checks a proof instead, offline',
    load: async () => (await import('./verify.ts')).verify,
  },
  prove: {
    usage: 'INDEX',
    summary: 'Prints a proof of one entry, for others to check',
    load: async () => (await import('./prove.ts')).prove,
  },
  show: {
    usage: 'INDEX | CALL',
    summary: 'Prints one entry, or all entries about a call',
    load: async () => (await import('./show.ts')).show,
  },
  follow: {
    usage: '[--from INDEX] [--json]',
    summary: 'Prints entries as they are published, until interrupted',
    load: async () => (await import('./follow.ts')).follow,
  },
  fsck: {
    usage: '',
    summary: 'Looks at every file: tiles, strays, lock, write-ahead log, vault',
    load: async () => (await import('./fsck.ts')).fsck,
  },
  reconcile: {
    usage: '[--spans F]',
    summary: 'Compares ledger and store, and spans from a file, call by call',
    load: async () => (await import('./reconcile.ts')).reconcile,
  },
  export: {
    usage: '[--format jsonl|csv]',
    summary: 'Prints all entries',
    load: async () => (await import('./export.ts')).exportEntries,
  },
  prune: {
    usage: '--before DATE|--keep-days N [--dry-run|--yes --reason WORDS]',
    summary: 'Says which old entries would go; with --yes removes them. All hashes stay',
    load: async () => (await import('./prune.ts')).prune,
  },
  hammer: {
    usage: '[--seconds N] [--callers N]',
    summary: 'Loads a log of its own, and proves entries and growth meanwhile',
    load: async () => (await import('./hammer.ts')).hammer,
  },
  drill: {
    usage: '[--entries N]',
    summary: 'Tampers with a log of its own in many ways, and says what was found',
    load: async () => (await import('./drill.ts')).runDrill,
  },
  open: {
    usage: 'INDEX --identity F --reason WORDS',
    summary: 'Opens the sealed content of an entry, as `spoor vault open` does',
    load: async () => (await import('../vault/open.ts')).open,
  },
};

export const ledger: Command = withSubcommands({
  name: 'ledger',
  summary: 'Recomputes the ledger from its bytes; proves, shows and opens entries.',
  flags: FLAGS,
  subcommands: SUBCOMMANDS,
  more: [
    'Exit codes of verify:',
    ...Object.values(OUTCOMES).map(({ exit, meaning }) => `  ${String(exit).padEnd(4)}${meaning}`),
    'Entries are kept for good until somebody prunes them, in whole bundles of 256.',
    'A proof is a C2SP tlog-proof with its entry as extra data; other programs check it too.',
  ],
});

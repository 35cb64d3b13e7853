import type { Command } from '../../command.ts';
import { SAID_FLAGS } from '../../said.ts';
import { withSubcommands } from '../../subcommands.ts';

export const tools: Command = withSubcommands({
  name: 'tools',
  summary:
    "Shows what servers say of their tools beside what is pinned, and takes the owner's word.",
  flags: {
    changed: { type: 'boolean', help: 'Of list: only what is not as it was pinned, or is blocked' },
    ...SAID_FLAGS,
  },
  subcommands: {
    list: {
      usage: '[--changed]',
      summary: 'Tools that were seen, and how their definitions stand',
      load: async () => (await import('./list.ts')).list,
    },
    diff: {
      usage: 'SERVER TOOL',
      summary: 'The pinned definition and the one that is there now, line by line',
      load: async () => (await import('./diff.ts')).diff,
    },
    pin: {
      usage: 'SERVER TOOL',
      summary: 'Confirms the definition that was pinned when the tool was first seen',
      load: async () => (await import('./say.ts')).pin,
    },
    approve: {
      usage: 'SERVER TOOL [--reason TEXT]',
      summary: 'Pins the definition that is there now; takes back a block',
      load: async () => (await import('./say.ts')).approve,
    },
    block: {
      usage: 'SERVER TOOL [--reason TEXT]',
      summary: 'Denies its calls in enforce, until it is approved or as it was pinned again',
      load: async () => (await import('./say.ts')).block,
    },
  },
  otherwise: 'list',
  more: [
    'Each word is an entry of the ledger. Nothing is approved from within a program that Spoor',
    'stands before.',
    'Exit codes: 0 done, 1 no such tool, or it has changed meanwhile.',
  ],
});

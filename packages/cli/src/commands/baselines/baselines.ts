import type { Command } from '../../command.ts';
import { type Subcommand, withSubcommands } from '../../subcommands.ts';

const SUBCOMMANDS: Readonly<Record<string, Subcommand>> = {
  list: {
    usage: '',
    summary: 'Says of each tool whether it is learned or locked, and what came late',
    load: async () => (await import('./show.ts')).list,
  },
  show: {
    usage: 'SERVER/TOOL',
    summary: 'Shows arguments with types and sizes, destinations, rates and hours',
    load: async () => (await import('./show.ts')).show,
  },
  lock: {
    usage: 'SERVER/TOOL',
    summary: 'From now on compares calls with what is known, and takes nothing in',
    load: async () => (await import('./change.ts')).lock,
  },
  relearn: {
    usage: 'SERVER/TOOL [--forget] [--by-hand]',
    summary: 'Learns on, with what is known or from nothing',
    load: async () => (await import('./change.ts')).relearn,
  },
};

export const baselines: Command = withSubcommands({
  name: 'baselines',
  summary: 'What is usual for each tool and who calls it: learned, then locked.',
  flags: {
    forget: { type: 'boolean', help: 'relearn: from nothing; what was known is gone' },
    'by-hand': { type: 'boolean', help: 'relearn: until `lock`, and not for some calls and time' },
  },
  subcommands: SUBCOMMANDS,
  otherwise: 'list',
  more: [
    'A baseline locks by itself after baseline.calls calls and baseline.hours hours (`spoor config`),',
    'unless baseline.lock is by-hand. Each change is an entry of the ledger.',
  ],
});

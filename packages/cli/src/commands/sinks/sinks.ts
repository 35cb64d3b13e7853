import type { Command } from '../../command.ts';
import { withSubcommands } from '../../subcommands.ts';

export const sinks: Command = withSubcommands({
  name: 'sinks',
  summary: 'Who is told of alerts: webhooks, chat, on-call, SIEM.',
  flags: {},
  subcommands: {
    list: {
      usage: '',
      summary: 'All of them, what they took, and what waits for them',
      load: async () => (await import('./list.ts')).listSinks,
    },
    test: {
      usage: 'NAME',
      summary: 'Tells one that this is a test, and says what it answered',
      load: async () => (await import('./try.ts')).testSink,
    },
    retry: {
      usage: 'NAME',
      summary: 'Tells one again what it had refused',
      load: async () => (await import('./try.ts')).retrySink,
    },
  },
  otherwise: 'list',
  more: [
    'They stand in the file that the setting `sinks` names (docs/sinks.md); the hub reads it when it starts.',
    'Exit codes: 0 done, 1 the sink did not take it, 2 used wrongly.',
  ],
});

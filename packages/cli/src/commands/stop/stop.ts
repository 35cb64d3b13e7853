import { CodedError } from '@spoor/core';
import type { Command } from '../../command.ts';
import { SAID_FLAGS } from '../../said.ts';
import { withSubcommands } from '../../subcommands.ts';

const one = withSubcommands({
  name: 'stop',
  summary:
    'Denies all calls of a session, a principal, a server or everything, at once and in every mode, until `spoor resume`.',
  flags: {
    all: { type: 'boolean', help: 'Everything' },
    ...SAID_FLAGS,
  },
  subcommands: {
    session: {
      usage: 'ID',
      summary: 'One session, with what its host starts anew',
      load: async () => (await import('./add.ts')).stopSession,
    },
    principal: {
      usage: 'PSEUDONYM',
      summary: 'Everybody who is this one, in every session',
      load: async () => (await import('./add.ts')).stopPrincipal,
    },
    server: {
      usage: 'NAME',
      summary: 'One server, for everybody',
      load: async () => (await import('./add.ts')).stopServer,
    },
    list: {
      usage: '',
      summary: 'What is stopped, since when, by whom and why',
      load: async () => (await import('./list.ts')).listStops,
    },
  },
  more: [
    'Sensors that run hear of it at once; without a hub, what they heard last holds.',
    'Exit codes: 0 done, 1 no such session.',
    'Example: spoor stop server crm --reason "answers look wrong"',
  ],
});

/** `spoor stop --all` needs no further word. */
export const stop: Command = {
  ...one,
  usage: 'session ID | principal PSEUDONYM | server NAME | --all | list [flags]',
  run: async (context) => {
    if (context.flags.all !== true) return one.run(context);
    if (context.words.length > 0) throw new CodedError('USAGE', '--all, or what to stop');
    return (await import('./add.ts')).stopAll(context);
  },
};

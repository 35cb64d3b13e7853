import type { Command } from '../../command.ts';
import { SAID_FLAGS } from '../../said.ts';
import { withSubcommands } from '../../subcommands.ts';

const text = (placeholder: string, help: string) =>
  ({ type: 'string', placeholder, help }) as const;

export const exceptions: Command = withSubcommands({
  name: 'exceptions',
  summary: 'Where a rule does nothing: with an owner, a reason and an end.',
  flags: {
    rule: text('ID', 'The rule; with --case, the one of the case'),
    owner: text('NAME', 'Who answers for it'),
    expires: text('DATE', 'Until when: 2027-01-31, or 30d from now; at most a year'),
    server: text('NAME', 'Only calls of this server'),
    tool: text('NAME', 'Only this tool of it'),
    principal: text('PSEUDONYM', 'Only calls of this principal'),
    destination: {
      ...text('D', 'Only where all that the call names is among these; may be given several times'),
      multiple: true,
    },
    case: text('CASE', "Only this call's server and tool, as it is defined now"),
    arguments: { type: 'boolean', help: 'With --case: only these arguments, in this session' },
    ...SAID_FLAGS,
  },
  subcommands: {
    list: {
      usage: '',
      summary: 'All of them, with what they were used for, and those that have expired',
      load: async () => (await import('./list.ts')).listExceptions,
    },
    add: {
      usage: '--rule ID --owner NAME --reason TEXT --expires DATE --server NAME --tool NAME …',
      summary: 'Makes one; what nothing narrows is refused',
      load: async () => (await import('./change.ts')).addException,
    },
    remove: {
      usage: 'ID',
      summary: 'Ends one at once',
      load: async () => (await import('./change.ts')).removeException,
    },
  },
  otherwise: 'list',
  more: [
    'They stand in exceptions.json in the state folder, which you may edit: the hub reads it anew.',
    'Refused from within a program that Spoor stands before: an agent does not except itself.',
    'Exit codes: 0 done, 1 there is none, 2 it cannot be made.',
  ],
});

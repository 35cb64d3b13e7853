import { CodedError, type PolicyView } from '@spoor/core';
import { hubApi } from '../client.ts';
import type { Command } from '../command.ts';

export const enforce: Command = {
  usage: 'on|off|ask [--rule ID | --server NAME]',
  summary:
    'Makes denials real (on) or only shown (off): everywhere, for one rule, or for one server; or turns those of one rule into questions (ask).',
  flags: {
    rule: { type: 'string', placeholder: 'ID', help: 'Only this rule' },
    server: { type: 'string', placeholder: 'NAME', help: 'Only this server' },
  },
  run: async ({ words, flags, home, out }) => {
    const [word] = words;
    if (word !== 'on' && word !== 'off' && word !== 'ask')
      throw new CodedError('USAGE', 'on, off or ask');
    const { rule, server } = flags;
    if (word === 'ask' && typeof rule !== 'string') throw new CodedError('USAGE', 'ask --rule ID');
    const policy = await hubApi(home).post<PolicyView>('/api/v1/enforce', {
      mode: word === 'off' ? 'observe' : 'enforce',
      rule,
      server,
      ...(word === 'ask' ? { ask: true } : {}),
    });
    if (flags.json === true) out.json(policy);
    else {
      out.line(`everything: ${policy.mode}`);
      for (const [name, mode] of Object.entries(policy.rules))
        out.line(`rule ${name}: ${policy.ask?.includes(name) ? `${mode}, asks a person` : mode}`);
      for (const [name, mode] of Object.entries(policy.servers))
        out.line(`server ${name}: ${mode}`);
    }
    return 0;
  },
};

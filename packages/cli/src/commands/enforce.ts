import { CodedError, type PolicyView } from '@spoor/core';
import { hubApi } from '../client.ts';
import type { Command } from '../command.ts';

export const enforce: Command = {
  usage: 'on|off [--rule ID | --server NAME]',
  summary:
    'Makes denials real (on) or only shown (off): everywhere, for one rule, or for one server.',
  flags: {
    rule: { type: 'string', placeholder: 'ID', help: 'Only this rule' },
    server: { type: 'string', placeholder: 'NAME', help: 'Only this server' },
  },
  run: async ({ words, flags, home, out }) => {
    const [word] = words;
    if (word !== 'on' && word !== 'off') throw new CodedError('USAGE', 'on or off');
    const { rule, server } = flags;
    const policy = await hubApi(home).post<PolicyView>('/api/v1/enforce', {
      mode: word === 'on' ? 'enforce' : 'observe',
      rule,
      server,
    });
    if (flags.json === true) out.json(policy);
    else {
      out.line(`everything: ${policy.mode}`);
      for (const [name, mode] of Object.entries(policy.rules)) out.line(`rule ${name}: ${mode}`);
      for (const [name, mode] of Object.entries(policy.servers))
        out.line(`server ${name}: ${mode}`);
    }
    return 0;
  },
};

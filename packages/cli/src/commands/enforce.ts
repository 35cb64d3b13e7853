import { CodedError, type PolicyView } from '@spoor/core';
import { hubApi } from '../client.ts';
import type { Command, Output } from '../command.ts';

export const enforce: Command = {
  usage: 'on|off|ask|shadow [--rule ID | --server NAME]',
  summary:
    'Makes denials real (on) or only shown (off): everywhere, for one rule, or for one server; or turns those of one rule into questions (ask), or keeps that rule from denying whatever else is enforced (shadow).',
  flags: {
    rule: { type: 'string', placeholder: 'ID', help: 'Only this rule' },
    server: { type: 'string', placeholder: 'NAME', help: 'Only this server' },
  },
  run: async ({ words, flags, home, out }) => {
    const [word] = words;
    if (word === undefined || !WORDS.includes(word))
      throw new CodedError('USAGE', 'on, off, ask or shadow');
    const { rule, server } = flags;
    if ((word === 'ask' || word === 'shadow') && typeof rule !== 'string')
      throw new CodedError('USAGE', `${word} --rule ID`);
    const policy = await hubApi(home).post<PolicyView>('/api/v1/enforce', {
      mode: word === 'off' || word === 'shadow' ? 'observe' : 'enforce',
      rule,
      server,
      ...(word === 'ask' ? { ask: true } : {}),
      ...(word === 'shadow' ? { shadow: true } : {}),
    });
    if (flags.json === true) out.json(policy);
    else show(policy, out);
    return 0;
  },
};

const WORDS: readonly string[] = ['on', 'off', 'ask', 'shadow'];

function show(
  { mode, rules, servers, ask, shadow = [], fail = {} }: PolicyView,
  out: Output,
): void {
  out.line(`everything: ${mode}`);
  for (const [name, of] of Object.entries(rules))
    out.line(`rule ${name}: ${ask?.includes(name) ? `${of}, asks a person` : of}`);
  for (const name of shadow) out.line(`rule ${name}: only shown (shadow)`);
  for (const [name, of] of Object.entries(servers)) out.line(`server ${name}: ${of}`);
  for (const [label, how] of Object.entries(fail))
    out.line(`label ${label}: ${how} where hub or ledger cannot be had`);
}

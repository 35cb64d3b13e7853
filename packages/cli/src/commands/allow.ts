import { type CaseView, CodedError } from '@spoor/core';
import { hubApi } from '../client.ts';
import type { Command } from '../command.ts';

export const allow: Command = {
  usage: 'CASE --once',
  summary: 'Lets the very call of a case pass once: same session, server, tool and arguments.',
  flags: { once: { type: 'boolean', help: 'Said on purpose: there is no allowing for ever' } },
  run: async ({ words, flags, home, out }) => {
    const [id] = words;
    if (id === undefined || flags.once !== true)
      throw new CodedError('USAGE', 'a case id and --once');
    const view = await hubApi(home).post<CaseView>(
      `/api/v1/cases/${encodeURIComponent(id)}/allow`,
      {},
    );
    if (flags.json === true) out.json(view);
    else out.line(`The next equal call passes once, within 10 minutes (case ${view.case}).`);
    return 0;
  },
};

import { CodedError, type StopView } from '@spoor/core';
import { type HubApi, hubApi } from '../../client.ts';
import type { Command } from '../../command.ts';
import { visible } from '../../output.ts';
import { SAID_FLAGS, saidBy } from '../../said.ts';
import { stopName } from './list.ts';

export const resume: Command = {
  usage: 'CASE | --all',
  summary: 'Lets go on what was stopped.',
  flags: { all: { type: 'boolean', help: 'Everything that is stopped' }, ...SAID_FLAGS },
  more: [
    'Exit codes: 0 done, 1 nothing is stopped under that case, or it comes from within.',
    'Refused from within a program that Spoor stands before: an agent does not resume itself.',
  ].join('\n'),
  run: async ({ words, flags, home, out }) => {
    const [caseId, ...more] = words;
    const all = flags.all === true;
    if (more.length > 0 || (caseId === undefined) !== all)
      throw new CodedError('USAGE', 'one case, or --all');
    const api = hubApi(home);
    const views: StopView[] = [];
    for (const one of caseId === undefined ? await stopped(api) : [caseId])
      views.push(await api.post(`/api/v1/stops/${encodeURIComponent(one)}/resume`, saidBy(flags)));
    if (flags.json === true) out.json(all ? views : views[0]);
    else if (views.length === 0) out.line('Nothing is stopped.');
    for (const view of flags.json === true ? [] : views)
      out.line(`Resumed ${visible(stopName(view))}.`);
    return 0;
  },
};

async function stopped(api: HubApi): Promise<readonly string[]> {
  const { rows } = await api.get<{ readonly rows: readonly StopView[] }>('/api/v1/stops');
  return rows.map((row) => row.case);
}

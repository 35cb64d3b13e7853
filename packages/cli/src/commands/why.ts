import { type Alert, type CaseView, CodedError, type Page } from '@spoor/core';
import { type HubApi, hubApi } from '../client.ts';
import type { Command, Context } from '../command.ts';
import { byLevel, IDENTITY_FLAGS, identityQuery } from '../identity.ts';
import { paint, visible } from '../output.ts';

export const why: Command = {
  usage: '[CASE] [--identity LEVEL] [--least-proved]',
  summary: 'Explains a decision in plain words; without a case, lists the newest.',
  flags: IDENTITY_FLAGS,
  run: async (context) => {
    const { words, flags, home, out } = context;
    const api = hubApi(home);
    const [id] = words;
    if (id === undefined) return list(api, context);
    if (words.length > 1) throw new CodedError('USAGE', 'one case');
    const view = await api.get<CaseView>(`/api/v1/cases/${encodeURIComponent(id)}`);
    if (flags.json === true) {
      out.json(view);
      return 0;
    }
    const [first = '', ...more] = view.why;
    out.line(paint(out, 'bold', visible(first)));
    out.line(`  Asked by ${byLevel(view.observation.principal)}.`);
    for (const line of more) out.line(`  ${visible(line)}`);
    if (view.rule?.advice) out.line(`What to do: ${view.rule.advice.trim()}`);
    const waits = view.observation.decision?.action === 'ask';
    const { reason, action } = view.observation.decision ?? {};
    const isStopped = reason === 'stopped' || action === 'defer';
    const answer = isStopped
      ? `Let its session go on: spoor resume ${view.case}`
      : waits
        ? `It waits: spoor approvals approve ${view.case}, or spoor approvals deny ${view.case}`
        : `Let it pass once: spoor allow ${view.case} --once`;
    out.line(paint(out, 'dim', answer));
    return 0;
  },
};

async function list(api: HubApi, { flags, out }: Context): Promise<number> {
  const query = `status=all&limit=20${identityQuery(flags)}`;
  const { rows } = await api.get<Page<Alert>>(`/api/v1/alerts?${query}`);
  const cases = rows.filter((alert) => alert.case !== undefined);
  if (flags.json === true) {
    out.json(cases);
    return 0;
  }
  if (cases.length === 0) {
    const which = flags.identity === undefined ? '' : ' of that level';
    out.line(`No call${which} was denied, or would have been.`);
  }
  for (const alert of cases) {
    const head = `${alert.case}  ${new Date(alert.lastMs).toISOString()}`;
    out.line(`${head}  ${byLevel(alert.detection.who)}  ${visible(alert.title)}`);
  }
  return 0;
}

import { type Alert, type CaseView, CodedError, type Page } from '@spoor/core';
import { hubApi } from '../client.ts';
import type { Command } from '../command.ts';
import { paint, visible } from '../output.ts';

export const why: Command = {
  usage: '[CASE]',
  summary: 'Explains a decision in plain words; without a case, lists the newest.',
  flags: {},
  run: async ({ words, flags, home, out }) => {
    const api = hubApi(home);
    const [id] = words;
    if (id === undefined) {
      const { rows } = await api.get<Page<Alert>>('/api/v1/alerts?status=all&limit=20');
      const cases = rows.filter((alert) => alert.case !== undefined);
      if (flags.json === true) out.json(cases);
      else if (cases.length === 0) out.line('No call was denied, or would have been.');
      for (const alert of flags.json === true ? [] : cases) {
        out.line(`${alert.case}  ${new Date(alert.lastMs).toISOString()}  ${visible(alert.title)}`);
      }
      return 0;
    }
    if (words.length > 1) throw new CodedError('USAGE', 'one case');
    const view = await api.get<CaseView>(`/api/v1/cases/${encodeURIComponent(id)}`);
    if (flags.json === true) {
      out.json(view);
      return 0;
    }
    const [first = '', ...more] = view.why;
    out.line(paint(out, 'bold', visible(first)));
    for (const line of more) out.line(`  ${visible(line)}`);
    if (view.rule?.advice) out.line(`What to do: ${view.rule.advice.trim()}`);
    const waits = view.observation.decision?.action === 'ask';
    const answer = waits
      ? `It waits: spoor approve ${view.case}, or spoor deny ${view.case}`
      : `Let it pass once: spoor allow ${view.case} --once`;
    out.line(paint(out, 'dim', answer));
    return 0;
  },
};

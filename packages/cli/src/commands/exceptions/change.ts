import { type CaseView, CodedError, type ExceptionScope, type ExceptionView } from '@spoor/core';
import { type HubApi, hubApi } from '../../client.ts';
import type { Context } from '../../command.ts';
import { visible } from '../../output.ts';
import { saidBy } from '../../said.ts';
import { scopeText } from './list.ts';

export async function addException({ words, flags, home, out }: Context): Promise<number> {
  if (words.length > 1) throw new CodedError('USAGE', 'exceptions add and flags');
  const api = hubApi(home);
  const ofCase = await scopeOfCase(api, flags);
  const { owner, reason, expires } = flags;
  const exception = {
    rule: flags.rule ?? ofCase.rule,
    owner,
    reason,
    expires: typeof expires === 'string' ? dateOf(expires) : undefined,
    only: { ...ofCase.only, ...scopeOfFlags(flags) },
  };
  const body = { exception, ...saidBy({}) };
  const view = await api.post<ExceptionView>('/api/v1/exceptions', body);
  if (view.broad)
    out.note('spoor: this lets every tool pass there; --tool or --destination would narrow it');
  if (flags.json === true) out.json(view);
  else out.line(`Exception ${view.id} of ${view.rule}: ${visible(scopeText(view))}.`);
  return 0;
}

export async function removeException({ words, flags, home, out }: Context): Promise<number> {
  const [, id, ...more] = words;
  if (id === undefined || more.length > 0) throw new CodedError('USAGE', 'exceptions remove ID');
  const path = `/api/v1/exceptions/${encodeURIComponent(id)}/remove`;
  const view = await hubApi(home).post<ExceptionView>(path, saidBy(flags));
  if (flags.json === true) out.json(view);
  else out.line(`Removed ${view.id} of ${view.rule}.`);
  return 0;
}

async function scopeOfCase(
  api: HubApi,
  flags: Context['flags'],
): Promise<{ readonly rule?: string; readonly only: ExceptionScope }> {
  const { case: caseId } = flags;
  if (flags.arguments === true && caseId === undefined)
    throw new CodedError('USAGE', '--arguments needs --case');
  if (typeof caseId !== 'string') return { only: {} };
  const { observation } = await api.get<CaseView>(`/api/v1/cases/${encodeURIComponent(caseId)}`);
  const { server, tool, session, facts, decision } = observation;
  const digest = facts.request?.digest;
  const { definition } = tool ?? {};
  return {
    ...(decision?.rule ? { rule: decision.rule } : {}),
    only: {
      server: server.name,
      ...(tool === undefined ? {} : { tool: tool.name }),
      ...(definition === undefined ? {} : { definition }),
      ...(flags.arguments === true && digest !== undefined
        ? { session: session.id, arguments: digest }
        : {}),
    },
  };
}

function scopeOfFlags(flags: Context['flags']): object {
  const { server, tool, principal, destination } = flags;
  const destinations =
    typeof destination === 'string' ? destination.split(',').map((one) => one.trim()) : undefined;
  return Object.fromEntries(
    Object.entries({ server, tool, principal, destinations }).filter(
      ([, value]) => value !== undefined,
    ),
  );
}

const DAY_MS = 86_400_000;

/** `30d` from now, or the date as it is: the hub says what is wrong with it. */
function dateOf(text: string): string {
  const days = /^(\d{1,3})d$/.exec(text)?.[1];
  return days === undefined ? text : new Date(Date.now() + Number(days) * DAY_MS).toISOString();
}

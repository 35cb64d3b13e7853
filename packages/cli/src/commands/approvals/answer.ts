import { type AnswerView, CodedError } from '@spoor/core';
import { hubApi } from '../../client.ts';
import type { Context } from '../../command.ts';
import { ancestorsHere } from '../../said.ts';
import { waiting } from './list.ts';

export const approve = (context: Context): Promise<number> => answer(context, 'approve');
export const deny = (context: Context): Promise<number> => answer(context, 'deny');

async function answer(
  { words, flags, home, out }: Context,
  said: 'approve' | 'deny',
): Promise<number> {
  const [, caseId, ...more] = words;
  if (caseId === undefined || more.length > 0) throw new CodedError('USAGE', 'one case');
  const api = hubApi(home);
  const { rows } = await waiting(api);
  const ask = rows.find((one) => one.case === caseId);
  if (ask === undefined) throw new CodedError('CASE_ANSWERED', caseId);
  const view = await api.post<AnswerView>(`/api/v1/asks/${encodeURIComponent(caseId)}`, {
    answer: said,
    digest: ask.digest,
    ancestors: ancestorsHere(),
  });
  const goesOn = view.decision.action === 'allow';
  if (flags.json === true) out.json(view);
  else if (goesOn) out.line(`Case ${caseId} goes on.`);
  else out.line(`Case ${caseId} is denied (${view.decision.reason}).`);
  return goesOn === (said === 'approve') ? 0 : 1;
}

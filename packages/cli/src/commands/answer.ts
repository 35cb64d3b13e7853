import { type AnswerView, CodedError } from '@spoor/core';
import { hubApi } from '../client.ts';
import type { Command, Context } from '../command.ts';
import { ancestorsHere } from '../said.ts';
import { waiting } from './asks.ts';

const MORE =
  'Exit codes: 0 answered, 1 nothing waits under that case, or it was denied all the same.';

export const approve: Command = {
  usage: 'CASE',
  summary: 'Lets a call that waits go on: this one, with exactly the arguments shown.',
  flags: {},
  more: `${MORE}\nRefused from within the program whose call waits: an agent does not approve itself.`,
  run: (context) => answer(context, 'approve'),
};

export const deny: Command = {
  usage: 'CASE',
  summary: 'Denies a call that waits.',
  flags: {},
  more: MORE,
  run: (context) => answer(context, 'deny'),
};

async function answer(
  { words, flags, home, out }: Context,
  said: 'approve' | 'deny',
): Promise<number> {
  const [caseId] = words;
  if (caseId === undefined || words.length > 1) throw new CodedError('USAGE', 'one case');
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

import { type BaselineView, CodedError } from '@spoor/core';
import { hubApi } from '../../client.ts';
import type { Context } from '../../command.ts';
import { visible } from '../../output.ts';
import { toolName } from './names.ts';

export async function lock(context: Context): Promise<number> {
  const { flags, out } = context;
  if (flags.forget === true || flags['by-hand'] === true)
    throw new CodedError('USAGE', 'baselines lock SERVER/TOOL, without flags');
  const view = await change(context, { action: 'lock' });
  if (view !== undefined)
    out.line(`${nameOf(view)} is locked, with what ${view.calls} calls have shown.`);
  return 0;
}

export async function relearn(context: Context): Promise<number> {
  const { flags, out } = context;
  const forget = flags.forget === true;
  const locksItself = flags['by-hand'] !== true;
  const view = await change(context, { action: 'relearn', forget, locksItself });
  if (view === undefined) return 0;
  const known = forget ? 'from nothing' : `on top of ${view.calls} calls`;
  const end = locksItself ? 'until it has seen enough' : 'until it is locked by hand';
  out.line(`${nameOf(view)} learns ${known}, ${end}.`);
  return 0;
}

const nameOf = ({ server, tool }: BaselineView): string => visible(`${server}/${tool}`);

/** Undefined where it was told as JSON. */
async function change(
  { words, flags, home, out }: Context,
  how: object,
): Promise<BaselineView | undefined> {
  const target = toolName(words);
  const view = await hubApi(home).post<BaselineView>('/api/v1/baselines', { ...target, ...how });
  if (flags.json !== true) return view;
  out.json(view);
  return undefined;
}

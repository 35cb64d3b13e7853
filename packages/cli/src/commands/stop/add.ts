import { CodedError, type StopKind, type StopView } from '@spoor/core';
import { hubApi } from '../../client.ts';
import type { Context } from '../../command.ts';
import { visible } from '../../output.ts';
import { saidBy } from '../../said.ts';
import { stopName } from './list.ts';

export const stopSession = (context: Context): Promise<number> => one(context, 'session');
export const stopPrincipal = (context: Context): Promise<number> => one(context, 'principal');
export const stopServer = (context: Context): Promise<number> => one(context, 'server');
export const stopAll = (context: Context): Promise<number> => add(context, 'all', '');

function one(context: Context, kind: StopKind): Promise<number> {
  const [, value, ...more] = context.words;
  if (value === undefined || more.length > 0) throw new CodedError('USAGE', `stop ${kind} VALUE`);
  return add(context, kind, value);
}

async function add({ flags, home, out }: Context, kind: StopKind, value: string): Promise<number> {
  const said = saidBy(flags);
  const view = await hubApi(home).post<StopView>('/api/v1/stops', { kind, value, ...said });
  if (flags.json === true) out.json(view);
  else out.line(`Stopped ${visible(stopName(view))}. Go on with: spoor resume ${view.case}`);
  return 0;
}

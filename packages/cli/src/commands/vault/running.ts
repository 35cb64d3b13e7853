import { hostname, userInfo } from 'node:os';
import { CodedError, reasonInLedger } from '@spoor/core';
import { readHubAddress } from '@spoor/edge/home';
import { type HubApi, hubApi } from '../../client.ts';
import type { Context } from '../../command.ts';
import { readConfig } from '../../config.ts';
import { startHub } from '../hub.ts';

/** The hub that runs; undefined where none answers. */
export async function runningHub({ home }: Pick<Context, 'home'>): Promise<HubApi | undefined> {
  if (readHubAddress(home) === undefined) return undefined;
  try {
    const api = hubApi(home);
    await api.get('/api/v1/health');
    return api;
  } catch (error) {
    if (error instanceof CodedError && error.code === 'HUB_UNREACHABLE') return undefined;
    throw error;
  }
}

/**
 * What only one may do, the hub does. Where none runs, this process is it until the work is done,
 * and holds its lock.
 */
export async function withHub<Value>(
  context: Context,
  work: (api: HubApi) => Promise<Value>,
): Promise<Value> {
  const running = await runningHub(context);
  if (running !== undefined) return work(running);
  const { home, env, out } = context;
  const config = await readConfig(home.config, {}, env);
  const hub = await startHub({ home, out }, config);
  try {
    return await work(hubApi(home));
  } finally {
    await hub.stop();
  }
}

/** Who gives the command, as the system says it: nobody proves it. */
export function asked({ flags }: Context): { readonly by: string; readonly reason: string } {
  const { reason } = flags;
  if (typeof reason !== 'string' || reasonInLedger(reason) === undefined)
    throw new CodedError('VAULT_REASON', '--reason');
  const who = `${userInfo().username}@${hostname()}`;
  return { by: who.replace(/[^A-Za-z0-9_.:/@-]/g, '-').slice(0, 128), reason };
}

import { CodedError } from '@spoor/core';
import { type Deployment, type DeploymentSettings, openReader } from '@spoor/query';
import type { Context } from '../../command.ts';

/** Opens every backend; whether it is there shows with the first question. */
export const deploymentsOf = (
  settings: readonly DeploymentSettings[],
  context: Context,
): readonly Deployment[] => settings.map((one) => deploymentOf(one, context));

function deploymentOf({ backend, ...own }: DeploymentSettings, { env }: Context): Deployment {
  if (backend === undefined) throw new CodedError('QUERY_NO_BACKEND');
  return { ...own, reader: openReader(backend, { environment: env }) };
}

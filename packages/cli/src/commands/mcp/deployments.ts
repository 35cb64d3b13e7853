import { type Deployment, type DeploymentSettings, openHubReaders, openReader } from '@spoor/query';
import type { Context } from '../../command.ts';

/** Opens every backend; whether it is there shows with the first question. */
export const deploymentsOf = (
  settings: readonly DeploymentSettings[],
  context: Context,
): readonly Deployment[] => settings.map((one) => deploymentOf(one, context));

function deploymentOf({ backend, ...own }: DeploymentSettings, { env, home }: Context): Deployment {
  if (backend === undefined) {
    const { traces: reader, evidence } = openHubReaders(home);
    return { ...own, reader, evidence };
  }
  return { ...own, reader: openReader(backend, { environment: env }) };
}

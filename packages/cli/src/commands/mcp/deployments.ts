import {
  type Deployment,
  type DeploymentSettings,
  type Log,
  openHubReaders,
  openReader,
} from '@spoor/query';
import type { Context } from '../../command.ts';

/** Opens every backend; whether it is there shows with the first question. */
export const deploymentsOf = (
  settings: readonly DeploymentSettings[],
  context: Context,
  log: Log,
): readonly Deployment[] => settings.map((one) => deploymentOf(one, context, log));

function deploymentOf(
  { backend, ...own }: DeploymentSettings,
  { env, home }: Context,
  log: Log,
): Deployment {
  if (backend === undefined) {
    const { traces: reader, evidence } = openHubReaders(home);
    return { ...own, reader, evidence };
  }
  // A backend that leads elsewhere, or an entry point where nothing may go, is worth a look.
  const onRefused = (): void => log.warn('refused', { code: 'BACKEND_REFUSED' });
  return { ...own, reader: openReader(backend, { environment: env, onRefused }) };
}

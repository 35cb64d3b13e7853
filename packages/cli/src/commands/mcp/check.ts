import { CodedError, LIMITS } from '@spoor/core';
import type { Deployment, McpSettings } from '@spoor/query';
import type { Context } from '../../command.ts';
import { paint, visible } from '../../output.ts';

interface Checked {
  readonly name: string;
  readonly kind: string;
  readonly tenant?: string;
  readonly cannot: readonly string[];
  /** A code where it does not answer. */
  readonly failed?: string;
  readonly services?: number;
}

/** Says what would be served; exit code 1 where a backend does not answer. */
export async function check(
  { flags, out }: Context,
  settings: McpSettings,
  deployments: readonly Deployment[],
): Promise<number> {
  const checked = await Promise.all(deployments.map(checkedOf));
  const { mode, host, port, allow, disabled } = settings;
  const at = mode === 'stdio' ? {} : { listen: `${host}:${port}` };
  if (flags.json === true) out.json({ mode, ...at, allow, disabled, deployments: checked });
  else {
    out.line(
      `${mode}${mode === 'stdio' ? '' : ` on ${host}:${port}`}, allowed: ${allow.join(', ')}`,
    );
    for (const one of checked) {
      const state =
        one.failed === undefined
          ? paint(out, 'green', `${one.services} services`)
          : paint(out, 'red', one.failed);
      out.line(`${visible(one.name)}  ${one.kind}  ${state}`);
    }
  }
  return checked.every(({ failed }) => failed === undefined) ? 0 : 1;
}

async function checkedOf({ name, reader, tenant }: Deployment): Promise<Checked> {
  const known = {
    name,
    kind: reader.kind,
    ...(tenant === undefined ? {} : { tenant }),
    cannot: [...reader.cannot.keys()],
  };
  const signal = AbortSignal.timeout(LIMITS.queryCallMs);
  try {
    const services = await reader.services({ signal, ...(tenant === undefined ? {} : { tenant }) });
    return { ...known, services: services.length };
  } catch (error) {
    return { ...known, failed: error instanceof CodedError ? error.code : 'INTERNAL' };
  }
}

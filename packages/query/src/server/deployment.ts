import { CodedError } from '@spoor/core';
import type { EvidenceReader } from '../evidence.ts';
import type { TraceReader } from '../reader.ts';
import type { Caller } from './caller.ts';

/** One backend that may be asked, under the owner's name for it. */
export interface Deployment {
  readonly name: string;
  readonly reader: TraceReader;
  /** Where it is Spoor's own hub. */
  readonly evidence?: EvidenceReader;
  /** Whom to ask for where nobody says. */
  readonly tenant?: string;
  /** Others that may be asked for; `any` that a token names, or whoever has started the server. */
  readonly tenants: 'any' | readonly string[];
}

/** What an assistant says about where to ask. */
export interface Where {
  readonly deployment?: string | undefined;
  readonly tenant?: string | undefined;
}

export interface Target {
  readonly deployment: Deployment;
  readonly tenant?: string;
}

/** Throws QUERY_DEPLOYMENT or QUERY_TENANT. */
export function targetOf(deployments: readonly Deployment[], where: Where, caller: Caller): Target {
  const named = where.deployment ?? '';
  const deployment = deployments.find(({ name }) => named === '' || name === named);
  if (deployment === undefined) throw new CodedError('QUERY_DEPLOYMENT');
  const tenant = tenantOf(deployment, where.tenant ?? '', caller);
  return { deployment, ...(tenant === undefined ? {} : { tenant }) };
}

/** What clients of the other server say where there are no tenants. */
const NO_TENANT = '0:0';

function tenantOf(
  { tenant, tenants }: Deployment,
  asked: string,
  caller: Caller,
): string | undefined {
  const own = caller.tenants;
  const [first] = own ?? [];
  // Without a word, a caller with tenants of its own asks for one of those.
  const usual =
    own === undefined || (tenant !== undefined && own.includes(tenant)) ? tenant : first;
  const wanted = asked === '' || (asked === NO_TENANT && tenant === undefined) ? usual : asked;
  if (own !== undefined && (wanted === undefined || !own.includes(wanted)))
    throw new CodedError('QUERY_TENANT');
  const known =
    wanted === undefined ||
    wanted === tenant ||
    (tenants === 'any' ? own !== undefined || caller.local === true : tenants.includes(wanted));
  if (!known) throw new CodedError('QUERY_TENANT');
  return wanted;
}

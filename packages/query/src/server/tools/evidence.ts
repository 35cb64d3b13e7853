import { CodedError } from '@spoor/core';
import type { EvidenceReader } from '../../evidence.ts';
import type { Ask } from '../../reader.ts';
import { Show } from '../../shown/show.ts';
import { targetOf, type Where } from '../deployment.ts';
import type { Call } from '../tool.ts';

export interface AskedEvidence {
  readonly evidence: EvidenceReader;
  readonly ask: Ask;
  readonly show: Show;
  /** May the caller see what stands nearest to content: redacted prompts and matched values? */
  readonly content: boolean;
}

/** Throws BACKEND_CANNOT where the deployment is no hub. */
export function evidenceFor(where: Where, call: Call): AskedEvidence {
  const named = where.deployment ?? '';
  // Without a name, the one that has evidence is meant, wherever it stands in the list.
  const hub = call.deployments.find(({ evidence }) => evidence !== undefined);
  const chosen = named === '' ? hub?.name : named;
  const { deployment } = targetOf(call.deployments, { deployment: chosen }, call.caller);
  const { evidence } = deployment;
  if (evidence === undefined)
    throw new CodedError('BACKEND_CANNOT', "only Spoor's own hub has evidence, and this is none");
  return {
    evidence,
    ask: { signal: call.signal },
    show: new Show(call.masker),
    content: call.caller.permissions.has('content'),
  };
}

/** Ids that a hub makes itself; what has another form is a text like any other. */
export const idOf = (id: string, show: Show): string =>
  /^[A-Za-z0-9][\w.-]{0,127}$/.test(id) ? id : show.name(id);

export const found = <Value>(value: Value | undefined, what: string): Value => {
  if (value === undefined) throw new CodedError('NOT_FOUND', what);
  return value;
};

export const isoOf = (ms: number): string => new Date(ms).toISOString();

import { CodedError } from '@spoor/core';
import type { Ask, TraceQuestion, TraceReader } from '../reader.ts';
import { targetOf, type Where } from './deployment.ts';
import type { Call } from './tool.ts';

export interface Asked {
  readonly reader: TraceReader;
  readonly ask: Ask;
}

/** Throws BACKEND_CANNOT with the reason where the backend has no way to answer. */
export function askFor(question: TraceQuestion, where: Where, call: Call): Asked {
  const { deployment, tenant } = targetOf(call.deployments, where, call.caller);
  const { reader } = deployment;
  const reason = reader.cannot.get(question);
  if (reason !== undefined) throw new CodedError('BACKEND_CANNOT', reason);
  return { reader, ask: { signal: call.signal, ...(tenant === undefined ? {} : { tenant }) } };
}

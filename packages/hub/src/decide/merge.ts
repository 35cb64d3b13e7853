import type { Decision, Observation } from '@spoor/core';
import type { EntryKind } from './writing.ts';

const ASKED_BACK: ReadonlySet<Observation['kind']> = new Set([
  'sampling.request',
  'elicitation.request',
]);

export function entryKind({ kind, outcome }: Observation): EntryKind {
  // What a server asks inside a result has no answer of its own: that comes with the next leg.
  if (outcome === 'pending' || (outcome === 'input_required' && ASKED_BACK.has(kind)))
    return 'call.request';
  return kind === 'tool.list' ? 'definitions' : kind === 'intent' ? 'intent' : 'call.result';
}

/** The end of a call knows what its beginning knew. */
export function mergeEnd(
  end: Observation,
  begun: Observation | undefined,
  alone: Decision | undefined,
  definitions: Observation['facts']['definitions'],
): Observation {
  const request = end.facts.request ?? begun?.facts.request;
  // What happened is what the sensor did, if the hub was too late.
  const decision = alone ?? begun?.decision;
  // An embedding may have come while the call was open.
  const { embedding } = end.intent ?? {};
  const same = begun?.intent?.cluster === end.intent?.cluster;
  const late = same && embedding !== undefined ? { embedding } : {};
  return {
    ...end,
    ...(begun?.tool === undefined ? {} : { tool: begun.tool }),
    ...(begun === undefined
      ? {}
      : {
          cause: begun.cause,
          trace: begun.trace,
          session: begun.session,
          principal: begun.principal,
        }),
    ...(begun?.intent === undefined ? {} : { intent: { ...late, ...begun.intent } }),
    ...(begun?.detected === undefined ? {} : { detected: begun.detected }),
    ...(decision === undefined ? {} : { decision }),
    ...(begun?.salt === undefined ? {} : { salt: begun.salt }),
    covered: end.covered && begun?.covered !== false,
    facts: {
      ...end.facts,
      ...(request === undefined ? {} : { request }),
      flows: begun?.facts.flows ?? [],
      ...(definitions === undefined ? {} : { definitions }),
    },
  };
}

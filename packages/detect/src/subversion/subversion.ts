import type { Observation, Subversion } from '@spoor/core';
import { lookAt } from './features.ts';
import type { SessionWording } from './memory.ts';
import { rawScore, scoreOf, termsOf, valuesOf } from './model.ts';
import { PARAMETERS } from './parameters.ts';

/**
 * Does a call follow what a result said rather than what the user asked for? Undefined where no
 * prompt is known, and for what is no call of a tool.
 */
export function subversionOf(
  memory: SessionWording,
  { kind, tool, facts }: Observation,
): Subversion | undefined {
  const wording = facts.request?.wording;
  if (kind !== 'tool.call' || wording === undefined || memory.prompt.size === 0) return undefined;
  const look = lookAt(memory, tool?.name ?? '', wording);
  if (look === undefined) return undefined;
  const row = valuesOf(look.features);
  const { asked } = look;
  return {
    score: scoreOf(PARAMETERS, rawScore(PARAMETERS, row)),
    terms: termsOf(PARAMETERS, row),
    delegated: look.features.delegates === 1 && look.features.askedDelegated === 1,
    ...(asked && { follows: { call: asked.call, tool: asked.tool, line: asked.line } }),
  };
}

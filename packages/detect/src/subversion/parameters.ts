import { assert } from '@spoor/core';
import { FEATURES } from './features.ts';
import type { Parameters } from './model.ts';
import written from './parameters.json' with { type: 'json' };

/** As `scripts/subversion/train.ts` writes them. */
export const PARAMETERS: Parameters = written;

// Parameters of other features would score without sense.
assert(
  FEATURES.every(({ name }, i) => PARAMETERS.features[i] === name),
  'parameters are of these features',
);

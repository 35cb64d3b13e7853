import fc from 'fast-check';
import { expect, it } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { FEATURES } from '../../src/subversion/features.ts';
import { contributions, rawScore, scoreOf, termsOf } from '../../src/subversion/model.ts';
import { PARAMETERS } from '../../src/subversion/parameters.ts';

const row = fc.tuple(...FEATURES.map(() => fc.double({ min: -3, max: 12, noNaN: true })));
const logit = (p: number): number => Math.log(p / (1 - p));

verifies('detect:subversion-explained', () => {
  const atRoot = PARAMETERS.trees.reduce((sum, { value }) => sum + (value[0] ?? 0), 0);
  fc.assert(
    fc.property(row, (values) => {
      const weights = contributions(PARAMETERS, values);
      const sum = weights.reduce((all, weight) => all + weight, PARAMETERS.bias + atRoot);
      expect(sum).toBeCloseTo(logit(rawScore(PARAMETERS, values)), 6);
      for (const term of termsOf(PARAMETERS, values)) {
        const index = FEATURES.findIndex(({ name }) => name === term.feature);
        expect(term.weight).toBeCloseTo(weights[index] ?? Number.NaN, 1);
      }
    }),
  );
});

verifies('detect:subversion-signs', () => {
  const place = fc.nat({ max: FEATURES.length - 1 });
  fc.assert(
    fc.property(row, place, fc.double({ min: 0, max: 12, noNaN: true }), (values, at, more) => {
      const sign = FEATURES[at]?.sign ?? 0;
      const raised = values.map((value, i) => (i === at ? value + more : value));
      const change = rawScore(PARAMETERS, raised) - rawScore(PARAMETERS, values);
      if (sign !== 0) expect(sign * change).toBeGreaterThanOrEqual(-1e-9);
    }),
    { numRuns: 2_000 },
  );
});

it('gives scores from 0 to 1 in the order of probabilities, 0.5 at the threshold', () => {
  expect(scoreOf(PARAMETERS, 0)).toBe(0);
  expect(scoreOf(PARAMETERS, PARAMETERS.threshold)).toBe(0.5);
  expect(scoreOf(PARAMETERS, 1)).toBe(1);
  const probability = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(probability, probability, (a, b) => {
      const [low, high] = a < b ? [a, b] : [b, a];
      expect(scoreOf(PARAMETERS, low)).toBeLessThanOrEqual(scoreOf(PARAMETERS, high));
    }),
  );
});

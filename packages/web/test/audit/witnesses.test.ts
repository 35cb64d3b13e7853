import { expect, it } from 'vitest';
import { oneWitnessText, witnessText } from '../../src/audit/witnesses.ts';

it('says who vouches for how much, and who does not', () => {
  const witnesses = [{ name: 'w.example/1', status: 'cosigned', size: 1_200 }] as const;
  const view = { size: 1_200, witnesses };
  expect(witnessText({ state: 'off', size: 0, witnesses: [] })).toContain('No witness');
  expect(witnessText({ state: 'reached', ...view })).toContain('cosigned 1,200 entries');
  expect(witnessText({ state: 'lost', ...view })).toContain('later ones are unwitnessed');
  expect(witnessText({ state: 'refused', ...view })).toContain('another history');
  expect(oneWitnessText(witnesses[0])).toBe('w.example/1: has cosigned, 1,200 entries');
  const away = { name: 'w.example/2', status: 'later', why: 'OUTBOUND_FAILED' } as const;
  expect(oneWitnessText(away)).toBe('w.example/2: cannot be asked, OUTBOUND_FAILED');
});

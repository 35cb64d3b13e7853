import { describe, expect, it } from 'vitest';
import { effectiveMode, OBSERVE, type Policy } from '../src/policy.ts';

const POLICY: Policy = {
  mode: 'observe',
  rules: { strict: 'enforce' },
  servers: { crm: 'enforce', drive: 'observe' },
};

describe('effectiveMode', () => {
  it('is that of the server, else of the rule, else of all', () => {
    expect(effectiveMode(POLICY, 'lax', 'crm')).toBe('enforce');
    expect(effectiveMode(POLICY, 'strict', 'drive')).toBe('observe');
    expect(effectiveMode(POLICY, 'strict', 'files')).toBe('enforce');
    expect(effectiveMode(POLICY, 'lax', 'files')).toBe('observe');
    expect(effectiveMode(OBSERVE, 'strict', 'crm')).toBe('observe');
  });

  it('finds nothing under the names that every object has', () => {
    for (const name of ['constructor', '__proto__', 'toString']) {
      expect(effectiveMode(POLICY, name, name)).toBe('observe');
    }
  });
});

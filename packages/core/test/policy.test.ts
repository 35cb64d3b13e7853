import { describe, expect, it } from 'vitest';
import { effectiveMode, failsClosed, OBSERVE, type Policy, parseFail } from '../src/policy.ts';

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

describe('failsClosed', () => {
  it('is by the strictest label, and by sensitivity where nothing is said', () => {
    const fail = { egress: 'open', 'reads-pii': 'closed' } as const;
    expect(failsClosed({ fail }, ['egress'])).toBe(false);
    expect(failsClosed({ fail }, ['egress', 'reads-pii'])).toBe(true);
    expect(failsClosed({ fail }, ['egress', 'financial'])).toBe(true);
    expect(failsClosed({}, ['egress'])).toBe(true);
    expect(failsClosed({}, ['reads-pii'])).toBe(false);
  });

  it('reads labels and nothing else', () => {
    expect(parseFail('egress=open, reads-pii=closed')).toEqual({
      egress: 'open',
      'reads-pii': 'closed',
    });
    for (const text of ['', 'egress', 'egress=shut', 'constructor=open', 'egress=open,'])
      expect(parseFail(text)).toBeUndefined();
  });
});

import { describe, expect, test } from 'vitest';
import { World } from './support.ts';

describe('spoor rules export', () => {
  test('writes to standard output and says on standard error what cannot be said', () => {
    const { code, stdout, stderr } = new World().call('rules', 'export', '--to', 'sigma');
    expect(code).toBe(0);
    expect(stdout).toContain('type: temporal_ordered');
    expect(stderr).toMatch(/^data-access-then-egress: what the hub detected; .*flow\.classes/m);
    expect(stderr).toMatch(/^denial-of-wallet: decided by the backend$/m);
  });

  test('tells programs the same', () => {
    const { code, stdout } = new World().call('rules', 'export', '--to', 'honeycomb', '--json');
    expect(code).toBe(0);
    const { to, rules, text } = JSON.parse(stdout);
    expect(to).toBe('honeycomb');
    expect(rules).toContainEqual({ id: 'horizontal-movement', form: 'own', notes: [] });
    expect(JSON.parse(text)).toHaveLength(rules.length);
  });

  test('names the backends where none is given', () => {
    const { code, stderr } = new World().call('rules', 'export', '--to', 'splunk');
    expect(code).toBe(2);
    expect(stderr).toContain('tempo|honeycomb|sigma');
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entropy } from '../../src/examine/entropy.ts';
import { examine } from '../../src/examine/examine.ts';
import { SECRET_RULES } from '../../src/examine/secret-rules.ts';

const classesOf = (text: string): readonly string[] =>
  examine({ text }, 0, { key: [1, 2, 3, 4], digest: () => '00', role: 'result' }).classes.map(
    (found) => found.class,
  );

describe('a credential of a known shape', () => {
  it('has an id of its own, and literals that words can begin with', () => {
    const ids = SECRET_RULES.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(90);
    for (const { literals } of SECRET_RULES)
      for (const literal of literals) expect(literal).toMatch(/^[a-z][^A-Z]{2,}$/);
  });

  for (const { id, pattern, entropyMin = 0 } of SECRET_RULES) {
    it(`${id} is found wherever it stands`, () => {
      const plain = pattern
        .replace('(?:[^0-9A-Za-z_-]|$)', '')
        .replace('(?i:bearer|basic)', 'Bearer')
        .replaceAll('\\s', ' ');
      const shape = new RegExp(`^${plain}$`);
      const example = fc
        .stringMatching(shape)
        .filter((one) => one.length < 8_000 && entropy(one) >= Math.max(entropyMin, 3));
      const around = fc.constantFrom('', 'x = ', '"', '(', 'export KEY=', '日本 ');
      fc.assert(
        fc.property(example, around, (secret, before) => {
          expect(classesOf(`${before}${secret} and more`), secret).toContain('secret');
        }),
        { numRuns: 10 },
      );
    });
  }

  it('is not seen in ordinary text', () => {
    const ordinary = [
      'The patient API-based apiary of Napier; xai-lens, dapibus, EAAs, napi_export, oyster oy2.',
      'commit 9fceb02d0ae598e95dc970b74767f19372d61af8, tag v1.0-rc1, api-gateway-1, pat-down',
      '550e8400-e29b-41d4-a716-446655440000 2026-11-21T20:51:03.123Z ORDER-2026-000123',
      'sk-learn glib tskey basics, hf_model, gsk_test, key-value, shippo_label, supabase sbp_x',
      'https://discord.com/api/docs https://hooks.slack.com/docs https://example.org/a?token=1',
    ];
    for (const text of ordinary) expect(classesOf(text), text).not.toContain('secret');
  });
});

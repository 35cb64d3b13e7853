import { describe, expect, it } from 'vitest';
import { usageOf } from '../../src/baseline/usage.ts';

const text = (value: unknown) => ({ content: [{ type: 'text', text: JSON.stringify(value) }] });

describe('what a result says was used', () => {
  it.each([
    [{ usage: { input_tokens: 3, output_tokens: 4 } }, { input_tokens: 3, output_tokens: 4 }],
    [
      { _meta: { usage: { prompt_tokens: 3, total_tokens: 9 } } },
      { input_tokens: 3, total_tokens: 9 },
    ],
    [{ structuredContent: { usageMetadata: { candidatesTokenCount: 5 } } }, { output_tokens: 5 }],
    [{ _meta: { 'gen_ai.usage.input_tokens': 8 } }, { input_tokens: 8 }],
    [{ _meta: { cost: 0.25 } }, { cost: 0.25 }],
    [text({ answer: 'x', usage: { cost: 1.5 } }), { cost: 1.5 }],
    [text({ total_cost_usd: 0.5 }), { cost: 0.5 }],
  ])('is found: %j', (result, usage) => {
    expect(usageOf(result)).toEqual(usage);
  });

  it.each([
    [undefined],
    ['text'],
    [{ content: [{ type: 'text', text: '{"usage": ' }] }],
    [{ usage: { input_tokens: -5 } }],
    [{ usage: { input_tokens: Number.POSITIVE_INFINITY, cost: 2e9 } }],
    [{ usage: { input_tokens: '5' } }],
    [text({ usage: { cost: 1 }, padding: 'x'.repeat(70_000) })],
  ])('is not believed: %j', (result) => {
    expect(usageOf(result)).toBeUndefined();
  });
});

import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hmacSha256 } from '../../src/seal/hmac.ts';

describe('hmacSha256', () => {
  it('is what the platform computes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.uint8Array(), (key, message) => {
        const expected = createHmac('sha256', key).update(message).digest('hex');
        expect(hmacSha256(key, message).toString('hex')).toBe(expected);
      }),
    );
  });
});

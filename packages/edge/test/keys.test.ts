import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hmac, ownKeys } from '../src/keys.ts';

test('the fast HMAC is HMAC', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), fc.string(), (secret, text) => {
      expect(hmac(secret)(text)).toBe(createHmac('sha256', secret).update(text).digest('hex'));
    }),
  );
});

test('two sensors without a hub share no digest', () => {
  const [one, other] = [ownKeys(), ownKeys()];
  expect(one.digest('a')).not.toBe(other.digest('a'));
  expect(one.short('a')).not.toBe(other.short('a'));
  expect(one.digest('a')).toBe(one.digest('a'));
});

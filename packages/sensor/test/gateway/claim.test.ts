import fc from 'fast-check';
import { expect, test } from 'vitest';
import { claimedBy } from '../../src/gateway/claim.ts';

const tokenOf = (claims: string): string =>
  `Bearer ${['{"alg":"none"}', claims, 'x'].map((part) => Buffer.from(part).toString('base64url')).join('.')}`;

test('whom an unchecked token names is read where it says so, in one way', () => {
  const named = { iss: 'https://idp.example', sub: 'ann', aud: 'x', email: 'ann@example.com' };
  expect(claimedBy(tokenOf(JSON.stringify(named)))).toEqual({
    issuer: 'https://idp.example',
    subject: 'ann',
  });
  const silent = [
    undefined,
    '',
    'Bearer opaque',
    'Basic YTpi',
    tokenOf('no json'),
    tokenOf('[]'),
    tokenOf('{"iss":"a"}'),
    tokenOf('{"iss":"a","sub":7}'),
    tokenOf('{"iss":"a","sub":"b","sub":"c"}'),
    tokenOf(JSON.stringify({ iss: 'a', sub: 'x'.repeat(257) })),
    tokenOf(JSON.stringify({ iss: 'a', sub: 'b', more: 'x'.repeat(20_000) })),
  ];
  for (const one of silent) expect(claimedBy(one), one?.slice(0, 80)).toBeUndefined();
});

test('no header makes it fail', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json().map(tokenOf)), (header) => {
      const claimed = claimedBy(header);
      expect(claimed === undefined || claimed.subject.length > 0).toBe(true);
    }),
  );
});

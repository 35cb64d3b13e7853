import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  digestText,
  IDENTITY_META_KEY,
  identityCallOf,
  identityTextOf,
  LIMITS,
  readIdentityMeta,
} from '../src/index.ts';

describe('what a proof is about', () => {
  it('is the parameters without what travels beside them', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue(), (params, meta) => {
        const { _meta: _, ...bare } = params;
        expect(digestText({ ...bare, _meta: meta })).toBe(digestText(bare));
      }),
    );
  });

  it('changes with any parameter, and with none of their order', () => {
    const text = digestText({ name: 'pay', arguments: { to: 'a', sum: 1 } });
    expect(digestText({ arguments: { sum: 1, to: 'a' }, name: 'pay' })).toBe(text);
    expect(digestText({ name: 'pay', arguments: { to: 'a', sum: 2 } })).not.toBe(text);
  });

  it('names method, tool or resource, id and trace', () => {
    const tp = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    const params = { uri: 'file:///x', _meta: { traceparent: tp } };
    expect(identityCallOf({ kind: 'request', id: 7, method: 'resources/read', params })).toEqual({
      mth: 'resources/read',
      nm: 'file:///x',
      rid: 7,
      tp,
    });
  });
});

describe('evidence in _meta', () => {
  it('is handed on unread, and never longer than its limit', () => {
    const of = (value: unknown): string | undefined =>
      identityTextOf({ _meta: { [IDENTITY_META_KEY]: value } });
    expect(of('anything')).toBe('"anything"');
    expect(of('x'.repeat(LIMITS.identityCharsMax))).toBe('');
    expect(identityTextOf({})).toBeUndefined();
  });

  it('has one form', () => {
    expect(readIdentityMeta({ v: 1, txn: 'a', proof: 'b' })).toBeDefined();
    const others = [
      { v: 2, txn: 'a', proof: 'b' },
      { v: 1, txn: 'a' },
      { v: 1, txn: 'a', proof: 1 },
      { v: 1, txn: 'a', proof: 'b', level: 'verified' },
      [],
      null,
    ];
    for (const other of others) expect(readIdentityMeta(other)).toBeUndefined();
  });
});

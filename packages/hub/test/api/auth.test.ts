import { systemRandom } from '@spoor/core';
import { expect, test } from 'vitest';
import { Auth } from '../../src/api/auth.ts';

const HOUR_MS = 3_600_000;
const newAuth = (): Auth => new Auth('the-token', systemRandom);
const unauthorized = expect.objectContaining({ code: 'UNAUTHORIZED' });

test('a bearer is who gives the whole token, and nothing else', () => {
  const auth = newAuth();
  expect(auth.isBearer('Bearer the-token')).toBe(true);
  const wrong = [undefined, '', 'the-token', 'Bearer ', 'Bearer the-toke', 'bearer the-token'];
  for (const header of [...wrong, 'Bearer the-token2']) expect(auth.isBearer(header)).toBe(false);
});

test('a code logs in once', () => {
  const auth = newAuth();
  const code = auth.newCode(0);
  const { cookie, session } = auth.logIn(code, 1);
  expect(auth.session(cookie, 2)).toEqual(session);
  expect(() => auth.logIn(code, 2)).toThrow(unauthorized);
});

test('a code grows old, and trying an old one uses it up', () => {
  const auth = newAuth();
  const code = auth.newCode(0);
  expect(() => auth.logIn(code, 24 * HOUR_MS + 1)).toThrow(unauthorized);
  expect(() => auth.logIn(code, 1)).toThrow(unauthorized);
});

test('unknown codes log nobody in', () => {
  for (const code of ['', '0', 'constructor']) {
    expect(() => newAuth().logIn(code, 0)).toThrow(unauthorized);
  }
});

test('a log-in ends after twelve hours', () => {
  const auth = newAuth();
  const { cookie } = auth.logIn(auth.newCode(0), 0);
  expect(auth.session(cookie, 12 * HOUR_MS)).toBeDefined();
  expect(auth.session(cookie, 12 * HOUR_MS + 1)).toBeUndefined();
  expect(auth.session(undefined, 0)).toBeUndefined();
  expect(auth.session('other', 0)).toBeUndefined();
});

test('a log-in outlives a restart of the hub, and another token ends it', () => {
  const auth = newAuth();
  const { cookie, session } = auth.logIn(auth.newCode(0), 0);
  expect(newAuth().session(cookie, 1)).toEqual(session);
  expect(new Auth('another', systemRandom).session(cookie, 1)).toBeUndefined();
});

test('a changed cookie logs nobody in', () => {
  const auth = newAuth();
  const { cookie } = auth.logIn(auth.newCode(0), 0);
  const longer = cookie.replace(/^\d+/, (until) => String(Number(until) + HOUR_MS));
  const other = cookie.replace(/\w$/, (digit) => (digit === '0' ? '1' : '0'));
  for (const changed of [longer, other, `${cookie}0`, cookie.toUpperCase(), '..'])
    expect([changed, auth.session(changed, 1)]).toEqual([changed, undefined]);
});

test('log-ins have secrets of their own', () => {
  const auth = newAuth();
  const logIns = Array.from({ length: 100 }, () => auth.logIn(auth.newCode(0), 0));
  expect(new Set(logIns.flatMap(({ cookie, session }) => [cookie, session.csrf])).size).toBe(200);
});

test('only the newest thousand codes wait', () => {
  const auth = newAuth();
  const [first = '', second = ''] = Array.from({ length: 1_001 }, () => auth.newCode(0));
  expect(() => auth.logIn(first, 0)).toThrow(unauthorized);
  expect(auth.logIn(second, 0).cookie).not.toBe('');
});

// @vitest-environment happy-dom
import { afterEach, expect, it, vi } from 'vitest';
import { type ApiError, getJson, whenLoggedOut } from '../../src/api/client.ts';
import { codeOf, logIn } from '../../src/api/login.ts';
import { setAlert } from '../../src/api/queries.ts';
import { fakeHub, unmountAll } from '../render.ts';

afterEach(unmountAll);

const at = (hash: string) => ({ pathname: '/sessions/1', search: '?view=log', hash });

it('reads the one-time code of a link', () => {
  expect(codeOf('#code=XXXX')).toBe('XXXX');
  expect(codeOf('#code=')).toBeUndefined();
  expect(codeOf('')).toBeUndefined();
});

it('trades the code, out of the address first, and sends the token with every POST', async () => {
  const sent = fakeHub({ '/api/v1/login': { csrf: 'tok' }, '/api/v1/alerts/a': {} });
  const replaceState = vi.fn();
  await logIn(at('#code=XXXX'), { replaceState });
  expect(replaceState).toHaveBeenCalledWith(null, '', '/sessions/1?view=log');
  await setAlert('a', 'dismissed', 'test');
  expect(sent).toMatchObject([
    { path: '/api/v1/login', method: 'POST', body: { code: 'XXXX' } },
    { method: 'POST', csrf: 'tok', body: { status: 'dismissed', reason: 'test' } },
  ]);
});

it('resumes with the cookie alone after a reload', async () => {
  const sent = fakeHub({ '/api/v1/login': { csrf: 'again' } });
  await logIn(at(''), { replaceState: () => {} });
  expect(sent).toMatchObject([{ path: '/api/v1/login', method: 'GET' }]);
});

it('says so once when the cookie is no longer good', async () => {
  fakeHub({ '/api/v1/hub': 401 });
  const loggedOut = vi.fn();
  whenLoggedOut(loggedOut);
  await expect(getJson('/api/v1/hub')).rejects.toMatchObject({ status: 401 });
  expect(loggedOut).toHaveBeenCalledOnce();
});

it('keeps the code and hint of a problem, and gives silence a code of its own', async () => {
  fakeHub({ '/api/v1/hub': 503 });
  await expect(getJson('/api/v1/hub')).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
    hint: 'See the hub log',
  });
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('refused')));
  const error = await getJson('/api/v1/hub').catch((caught: ApiError) => caught);
  expect(error).toMatchObject({ status: 0, code: 'UNREACHABLE' });
});

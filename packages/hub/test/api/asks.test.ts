import type { Decision } from '@spoor/core';
import { expect, test } from 'vitest';
import { logIn, ORIGIN, testApp } from '../support/app.ts';

const CASE = 'c-bcdfghjkmn';
const decision = { action: 'allow', reason: 'approved' } as Decision;
const post = (body: unknown): RequestInit => ({ method: 'POST', body: JSON.stringify(body) });
const answer = { answer: 'approve', digest: 'ab' };

test('lists what waits', async () => {
  const { call } = testApp();
  expect(await (await call('/api/v1/asks')).json()).toEqual({ rows: [] });
});

test('tells the deciding thread who answers from where', async () => {
  const world = testApp(() => decision);
  const body = { ...answer, ancestors: ['10.200', '1.0'] };
  const said = await world.call(`/api/v1/asks/${CASE}`, post(body));
  expect(await said.json()).toEqual({ case: CASE, decision });
  const { cookie, csrf } = await logIn(world);
  const headers = { host: '127.0.0.1:7717', cookie, 'x-spoor-csrf': csrf };
  await world.app.request(`${ORIGIN}/api/v1/asks/${CASE}`, { ...post(answer), headers });
  expect(world.asked).toEqual([
    { kind: 'answer', answer: { case: CASE, by: 'cli', ...body } },
    { kind: 'answer', answer: { case: CASE, by: 'ui', ...answer, ancestors: [] } },
  ]);
});

test('a page of another site, or without its token, answers nothing', async () => {
  const world = testApp(() => decision);
  const { cookie } = await logIn(world);
  const path = `${ORIGIN}/api/v1/asks/${CASE}`;
  const send = (headers: Record<string, string>): Response | Promise<Response> =>
    world.app.request(path, { ...post(answer), headers: { host: '127.0.0.1:7717', ...headers } });
  expect((await send({})).status).toBe(401);
  expect((await send({ cookie })).status).toBe(403);
  expect((await send({ cookie, origin: 'http://evil.test' })).status).toBe(403);
  expect(world.asked).toEqual([]);
});

test.each([
  ['another word', CASE, { ...answer, answer: 'maybe' }, 'BAD_REQUEST'],
  ['no digest', CASE, { answer: 'approve' }, 'BAD_REQUEST'],
  ['processes that are none', CASE, { ...answer, ancestors: ['x'] }, 'BAD_REQUEST'],
  ['too many processes', CASE, { ...answer, ancestors: Array(65).fill('1.1') }, 'BAD_REQUEST'],
  ['a case that is none', '..%2f', answer, 'CASE_UNKNOWN'],
])('refuses %s', async (_, caseId, body, code) => {
  const { call, asked } = testApp();
  const response = await call(`/api/v1/asks/${caseId}`, post(body));
  expect(await response.json()).toMatchObject({ code });
  expect(asked).toEqual([]);
});

test('asking is a matter of one rule', async () => {
  const { call, asked } = testApp();
  const wide = await call('/api/v1/enforce', post({ mode: 'enforce', ask: true }));
  expect(wide.status).toBe(400);
  await call('/api/v1/enforce', post({ mode: 'enforce', rule: 'a-rule', ask: true }));
  expect(asked).toEqual([{ kind: 'enforce', mode: 'enforce', rule: 'a-rule', ask: true }]);
});

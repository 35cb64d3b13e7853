import { LIMITS } from '@spoor/core';
import { expect, test } from 'vitest';
import { testApp } from '../support/app.ts';

const post = (body: unknown): RequestInit => ({ method: 'POST', body: JSON.stringify(body) });
const target = { server: 'files', tool: 'a/b' };

test('asks the deciding thread for what it was asked for', async () => {
  const { call, asked } = testApp((question) => (question.kind.endsWith('.list') ? [] : {}));
  expect(await (await call('/api/v1/baselines')).json()).toEqual({ rows: [] });
  expect(await (await call('/api/v1/budgets')).json()).toEqual({ rows: [] });
  await call('/api/v1/baselines?server=files&tool=a%2Fb');
  await call('/api/v1/baselines', post({ ...target, action: 'lock' }));
  await call('/api/v1/baselines', post({ ...target, action: 'relearn' }));
  await call('/api/v1/baselines', post({ ...target, action: 'relearn', forget: true }));
  expect(asked).toEqual([
    { kind: 'baseline.list' },
    { kind: 'budget.list' },
    { kind: 'baseline.show', ...target },
    { kind: 'baseline.lock', ...target },
    { kind: 'baseline.relearn', ...target, forget: false, locksItself: true },
    { kind: 'baseline.relearn', ...target, forget: true, locksItself: true },
  ]);
});

test.each([
  ['no tool', { server: 'files', action: 'lock' }],
  ['a name that is none', { ...target, server: 7, action: 'lock' }],
  ['a name too long', { ...target, tool: 'x'.repeat(LIMITS.nameCharsMax + 1), action: 'lock' }],
  ['another action', { ...target, action: 'unlock' }],
  ['what is neither true nor false', { ...target, action: 'relearn', forget: 'yes' }],
])('refuses %s', async (_, body) => {
  const { call, asked } = testApp();
  const response = await call('/api/v1/baselines', post(body));
  expect([response.status, await response.json()]).toMatchObject([400, { code: 'BAD_REQUEST' }]);
  expect(asked).toEqual([]);
});

test('half of a name is no name', async () => {
  const { call } = testApp();
  expect((await call('/api/v1/baselines?server=files')).status).toBe(400);
});

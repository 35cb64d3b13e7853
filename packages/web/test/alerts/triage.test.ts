// @vitest-environment happy-dom
import { createElement, Fragment } from 'react';
import { afterEach, expect, it } from 'vitest';
import { AlertsScreen } from '../../src/alerts/AlertsScreen.tsx';
import { Toasts } from '../../src/shell/Toasts.tsx';
import { showToast } from '../../src/shell/toast.ts';
import { alert, hub } from '../fixtures.ts';
import { click, fakeHub, mount, type Sent, unmountAll, until } from '../render.ts';

afterEach(async () => {
  await unmountAll();
  showToast(undefined);
});

const page = () =>
  createElement(Fragment, null, createElement(AlertsScreen, { id: 'a' }), createElement(Toasts));
const answers = {
  '/api/v1/hub': hub(),
  '/api/v1/alerts': { rows: [alert('a', ['1', '2'])] },
  '/api/v1/alerts/a': alert('a', ['1', '2'], { status: 'acknowledged' }),
};
const posts = (sent: readonly Sent[]): unknown[] =>
  sent.filter(({ method }) => method === 'POST').map(({ body }) => body);

it('shows the stored evidence in the order in which one asks', async () => {
  fakeHub(answers);
  const host = await mount(page(), '/alerts/a');
  await until(host, 'What happened');
  const titles = [...host.querySelectorAll('article h3')].map((title) => title.textContent);
  expect(titles).toEqual([
    'What happened',
    'Path',
    'Why it matters',
    'What to do',
    'What Spoor did',
  ]);
  expect(host.querySelectorAll('ol code')).toHaveLength(2);
});

it('acknowledges, and undoes it by another change', async () => {
  const sent = fakeHub(answers);
  const host = await mount(page(), '/alerts/a');
  await until(host, 'What happened');
  await click(host, 'Acknowledge');
  await until(host, 'Undo');
  await click(host, 'Undo');
  expect(posts(sent)).toEqual([{ status: 'acknowledged' }, { status: 'new' }]);
});

it('says so when the hub refuses', async () => {
  fakeHub({ ...answers, '/api/v1/alerts/a': 503 });
  const host = await mount(page(), '/alerts/a');
  await until(host, 'What happened');
  await click(host, 'Resolve');
  await until(host, 'The alert could not be changed: The store cannot be read');
});

it('dismisses only with a reason', async () => {
  const sent = fakeHub(answers);
  const host = await mount(page(), '/alerts/a');
  await until(host, 'What happened');
  await click(host, 'Dismiss…');
  await click(host, 'Dismiss');
  expect(posts(sent)).toEqual([]);
  await click(host, 'Test: somebody was trying Spoor');
  await click(host, 'Dismiss');
  await until(host, 'Undo');
  expect(posts(sent)).toEqual([{ status: 'dismissed', reason: 'test' }]);
});

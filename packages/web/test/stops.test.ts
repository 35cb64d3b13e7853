// @vitest-environment happy-dom
import type { StopView } from '@spoor/core';
import { createElement } from 'react';
import { afterEach, describe, expect, it } from 'vitest';
import { Toasts } from '../src/shell/Toasts.tsx';
import { StopButton } from '../src/stops/StopButton.tsx';
import { StopsBanner } from '../src/stops/StopsBanner.tsx';
import { hub, SESSION } from './fixtures.ts';
import { click, fakeHub, mount, unmountAll, until } from './render.ts';

afterEach(unmountAll);

const stopped: StopView = {
  case: 'c-bcdfghjkmn' as StopView['case'],
  kind: 'session',
  value: SESSION,
  reason: 'looks <b>wrong</b>',
  by: 'cli:me',
  atMs: 1,
  denied: 2,
};

describe('stops', () => {
  it('are named on every screen with their reason, and resumed there', async () => {
    const sent = fakeHub({
      '/api/v1/hub': hub({ stops: [stopped] }),
      '/api/v1/stops/c-bcdfghjkmn/resume': stopped,
    });
    const host = await mount(createElement(StopsBanner));
    await until(host, 'looks <b>wrong</b>');
    await click(host, 'Resume');
    await until(host, /^(?!.*in force).*$/s);
    expect(sent.filter(({ method }) => method === 'POST').map(({ path }) => path)).toEqual([
      '/api/v1/stops/c-bcdfghjkmn/resume',
    ]);
  });

  it('begin at a session, and can be undone', async () => {
    const sent = fakeHub({
      '/api/v1/hub': hub(),
      '/api/v1/stops': stopped,
      '/api/v1/stops/c-bcdfghjkmn/resume': stopped,
    });
    const both = createElement(
      'div',
      {},
      createElement(StopButton, { session: SESSION }),
      createElement(Toasts),
    );
    const host = await mount(both);
    await until(host, 'Stop');
    await click(host, 'Stop');
    await until(host, 'The session is stopped');
    await click(host, 'Undo');
    await until(host, 'Resumed');
    const posts = sent.filter(({ method }) => method === 'POST');
    expect(posts.map(({ path, body }) => [path, body])).toEqual([
      ['/api/v1/stops', { kind: 'session', value: SESSION }],
      ['/api/v1/stops/c-bcdfghjkmn/resume', {}],
    ]);
  });

  it('are silent where there is none', async () => {
    fakeHub({ '/api/v1/hub': hub() });
    const host = await mount(createElement(StopsBanner));
    expect(host.textContent).toBe('');
  });
});

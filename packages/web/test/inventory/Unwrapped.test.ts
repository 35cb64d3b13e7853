// @vitest-environment happy-dom
import type { ClientsView } from '@spoor/core';
import { createElement } from 'react';
import { afterEach, expect, it } from 'vitest';
import { AlertsScreen } from '../../src/alerts/AlertsScreen.tsx';
import { InventoryScreen } from '../../src/inventory/InventoryScreen.tsx';
import { alert, hub } from '../fixtures.ts';
import { fakeHub, mount, unmountAll, until } from '../render.ts';

afterEach(unmountAll);

const inventory = (clients: Partial<ClientsView>): Readonly<Record<string, unknown>> => ({
  '/api/v1/hub': hub(),
  '/api/v1/inventory': {
    servers: [],
    clients: { watched: true, servers: [], unreadable: [], ...clients },
  },
});

const file = '/h/.cursor/mcp.json';
const part = (host: HTMLElement): string =>
  host.querySelector('[aria-label="Not wrapped"]')?.textContent ?? '';

it('shows servers that run without Spoor, and what can be done', async () => {
  fakeHub(
    inventory({
      servers: [
        { client: 'Cursor', file, name: 'files', state: 'bare' },
        { client: 'Cursor', file, name: 'web', state: 'remote' },
        { client: 'Cursor', file, name: 'done', state: 'wrapped' },
        { client: 'Cursor', file, name: 'idle', state: 'off' },
      ],
    }),
  );
  const host = await mount(createElement(InventoryScreen));
  await until(host, 'spoor init');
  expect(part(host)).toContain('Not wrapped files Cursor, /h/.cursor/mcp.json');
  expect(part(host)).toContain('Remote web');
  expect(part(host)).not.toMatch(/done|idle/);
});

it('shows a file that cannot be read, which is not the same as none', async () => {
  fakeHub(inventory({ unreadable: [{ client: 'Cursor', file, why: '3:10 ValueExpected' }] }));
  const host = await mount(createElement(InventoryScreen));
  await until(host, 'Not readable Cursor /h/.cursor/mcp.json:3:10 ValueExpected');
  expect(part(host)).not.toContain('spoor init');
});

it('says nothing where all is wrapped', async () => {
  fakeHub(inventory({ servers: [{ client: 'Cursor', file, name: 'done', state: 'wrapped' }] }));
  const host = await mount(createElement(InventoryScreen));
  await until(host, 'No definitions were seen');
  expect(part(host)).toBe('');
});

it('shows where an alert without calls is about, and links to no session', async () => {
  const { detection, ...rest } = alert('a', [], { action: 'allow', wanted: 'allow' });
  const group = { client: 'Cursor', server: 'files', file };
  const rows = [{ ...rest, detection: { ...detection, path: [], group } }];
  fakeHub({ '/api/v1/hub': hub(), '/api/v1/alerts': { rows } });
  const host = await mount(createElement(AlertsScreen, { id: 'a' }), '/alerts/a');
  await until(host, 'file: /h/.cursor/mcp.json');
  await until(host, 'Spoor changes nothing unasked');
  expect(host.querySelector('article a[href*="/sessions/"]')).toBeNull();
});

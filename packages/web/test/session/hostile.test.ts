// @vitest-environment happy-dom
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createElement } from 'react';
import { afterEach, expect, it } from 'vitest';
import { SessionScreen } from '../../src/session/SessionScreen.tsx';
import { detail, observation, on, SESSION } from '../fixtures.ts';
import { fakeHub, mount, unmountAll, until } from '../render.ts';

afterEach(unmountAll);

const NAMES = ['<img src=x onerror=alert(1)>', 'gpj\u202E.exe', 'java\u200Bscript:alert(1)'];

it.each(['steps', 'log'])('shows hostile names as text in %s', async (view) => {
  const rows = NAMES.map((name, index) =>
    observation(`c${index}`, { ...on(name), tool: { name, labels: [] } }),
  );
  fakeHub({ [`/api/v1/sessions/${SESSION}`]: detail(rows) });
  const host = await mount(createElement(SessionScreen, { id: SESSION }), `/?view=${view}`);
  const list = host.querySelector<HTMLElement>('[aria-label$="in order"]') ?? host;
  await until(list, '<img src=x onerror=alert(1)>');
  expect(host.querySelector('img')).toBeNull();
  expect(host.innerHTML).not.toMatch(/[\u202E\u200B]/);
  expect(host.textContent).toContain('gpjU+202E.exe');
});

const PACKAGE = join(import.meta.dirname, '../..');

it('has no way to turn text into markup', () => {
  for (const file of readdirSync(join(PACKAGE, 'src'), { recursive: true, encoding: 'utf8' })) {
    if (!/\.tsx?$/.test(file)) continue;
    const source = readFileSync(join(PACKAGE, 'src', file), 'utf8');
    expect(source, file).not.toMatch(/innerHTML|outerHTML|insertAdjacent|document\.write|\beval\(/);
  }
});

it('has a page that the content security policy allows', () => {
  const page = readFileSync(join(PACKAGE, 'index.html'), 'utf8');
  expect(page).not.toMatch(/\sstyle=|<style|\son\w+=|https?:/);
  for (const [tag] of page.matchAll(/<script[^>]*>/g)) expect(tag).toContain(' src="/');
});

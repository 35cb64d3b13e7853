// @vitest-environment happy-dom
import { createElement, Fragment, type ReactNode } from 'react';
import { afterEach, expect, it, vi } from 'vitest';
import { writePreference } from '../../src/ui/preferences.ts';
import { type KeyHandlers, useKeyboard, useKeys } from '../../src/ui/useKeys.ts';
import { mount, unmountAll } from '../render.ts';

afterEach(unmountAll);

function Keyboard({ children }: { readonly children?: ReactNode }): ReactNode {
  useKeyboard();
  const button = createElement('button', { type: 'button' });
  return createElement(Fragment, null, children, createElement('input'), button);
}

function Part({ handlers }: { readonly handlers: KeyHandlers }): ReactNode {
  useKeys(handlers);
  return null;
}

const part = (key: string, handlers: KeyHandlers) => createElement(Part, { key, handlers });
const page = (...parts: ReactNode[]) => createElement(Keyboard, null, ...parts);

function press(key: string, target: Element | null = document.body, ctrlKey = false): boolean {
  const event = new KeyboardEvent('keydown', { key, ctrlKey, bubbles: true, cancelable: true });
  target?.dispatchEvent(event);
  return event.defaultPrevented;
}

it('asks the newest part first, and the older one where that has no answer', async () => {
  const [older, newer] = [vi.fn(), vi.fn()];
  await mount(page(part('a', { pause: older, view: older }), part('b', { pause: newer })));
  expect(press('p')).toBe(true);
  press('v');
  expect([newer.mock.calls.length, older.mock.calls.length]).toEqual([1, 1]);
  expect(press('f')).toBe(false);
});

it('lets people type, but not without their chords', async () => {
  const act = vi.fn();
  const host = await mount(page(part('a', { pause: act, palette: act })));
  press('p', host.querySelector('input'));
  expect(act).not.toHaveBeenCalled();
  press('k', host.querySelector('input'), true);
  expect(act).toHaveBeenCalledOnce();
});

it('leaves Enter to a button that has the focus', async () => {
  const open = vi.fn();
  const host = await mount(page(part('a', { 'row.open': open })));
  press('Enter', host.querySelector('button'));
  expect(open).not.toHaveBeenCalled();
  press('Enter');
  expect(open).toHaveBeenCalledOnce();
});

it('can be switched off but for chords and Escape', async () => {
  const act = vi.fn();
  await mount(page(part('a', { pause: act, back: act, palette: act })));
  writePreference('keys', 'off');
  press('p');
  expect(act).not.toHaveBeenCalled();
  press('Escape');
  press('k', document.body, true);
  expect(act).toHaveBeenCalledTimes(2);
});

import { useEffect, useRef } from 'react';
import { KeyReader } from '../keys.ts';
import { readPreference } from './preferences.ts';

/** Action name to what it does here; an absent action is left to whoever mounted earlier. */
export type KeyHandlers = Readonly<Record<string, (() => void) | undefined>>;

/** The newest mounted part of the page comes last and is asked first. */
const stack: { current: KeyHandlers }[] = [];

export function useKeys(handlers: KeyHandlers): void {
  const ref = useRef(handlers);
  useEffect(() => {
    ref.current = handlers;
  });
  useEffect(() => {
    stack.push(ref);
    return () => {
      stack.splice(stack.indexOf(ref), 1);
    };
  }, []);
}

/** Listens on the document; mounted once. */
export function useKeyboard(): void {
  useEffect(() => {
    const reader = new KeyReader();
    const listen = (event: KeyboardEvent): void => {
      if (isTyping(event) || isSwitchedOff(event)) return;
      const action = reader.press(event, performance.now());
      const handler = action === undefined ? undefined : handlerOf(action);
      if (handler === undefined) return;
      event.preventDefault();
      handler();
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);
}

const handlerOf = (action: string): (() => void) | undefined =>
  stack.findLast((handlers) => handlers.current[action] !== undefined)?.current[action];

const isChord = (event: KeyboardEvent): boolean => event.ctrlKey || event.metaKey;

/** Single keys can be switched off (WCAG 2.1.4); chords and Escape stay. */
const isSwitchedOff = (event: KeyboardEvent): boolean =>
  readPreference('keys') === 'off' && !isChord(event) && event.key !== 'Escape';

function isTyping(event: KeyboardEvent): boolean {
  if (document.querySelector('dialog[open]') !== null) return true;
  const target = event.target;
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest('input, textarea, select') !== null) return !isChord(event);
  const native = event.key === 'Enter' || event.key === ' ';
  return native && target.closest('button, a, summary, [role="button"]') !== null;
}

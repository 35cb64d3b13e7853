import { useSyncExternalStore } from 'react';

/** What a person prefers on this machine. Never written from a URL: a shared link changes none. */
export type Preference = 'theme' | 'keys' | 'inspector' | 'inspector-px';

const listeners = new Set<() => void>();

export function readPreference(name: Preference): string {
  try {
    return localStorage.getItem(`spoor.${name}`) ?? '';
  } catch {
    return '';
  }
}

export function writePreference(name: Preference, value: string): void {
  try {
    if (value === '') localStorage.removeItem(`spoor.${name}`);
    else localStorage.setItem(`spoor.${name}`, value);
  } catch {
    // Without storage a preference lasts as long as nothing: the page still works.
  }
  for (const listener of listeners) listener();
}

export const usePreference = (name: Preference): string =>
  useSyncExternalStore(subscribe, () => readPreference(name));

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

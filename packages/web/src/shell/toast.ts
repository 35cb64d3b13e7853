import { useSyncExternalStore } from 'react';

export interface Toast {
  readonly words: string;
  readonly undo?: () => void;
}

/** How long an action can be undone from its toast. */
export const UNDO_MS = 10_000;

let current: Toast | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

/** Shows one toast; a newer one takes its place. */
export function showToast(toast: Toast | undefined): void {
  clearTimeout(timer);
  current = toast;
  if (toast !== undefined) timer = setTimeout(() => showToast(undefined), UNDO_MS);
  for (const listener of listeners) listener();
}

export const useToast = (): Toast | undefined =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );

import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, createElement, type ReactNode } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { vi } from 'vitest';

/** Puts screens on a page in happy-dom, with a hub that the test writes down. */

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

/** Path (with search) to answer; a number is a status with a problem, null never answers. */
export type Hub = Readonly<Record<string, unknown>>;

export interface Sent {
  readonly path: string;
  readonly search: string;
  readonly method: string;
  readonly csrf: string | null;
  readonly body: unknown;
}

const roots: Root[] = [];

export function fakeHub(hub: Hub): readonly Sent[] {
  const sent: Sent[] = [];
  vi.stubGlobal('fetch', async (input: string, init: RequestInit = {}) => {
    const [path = '', search = ''] = input.split('?');
    const headers = new Headers(init.headers);
    const body = typeof init.body === 'string' ? (JSON.parse(init.body) as unknown) : undefined;
    sent.push({
      path,
      search,
      method: init.method ?? 'GET',
      csrf: headers.get('X-Spoor-Csrf'),
      body,
    });
    const answer = hub[path];
    if (answer === null) return new Promise(() => {});
    if (answer instanceof Uint8Array) return new Response(answer.slice());
    if (typeof answer === 'number') return problem(answer);
    return answer === undefined ? problem(404) : Response.json(answer);
  });
  return sent;
}

const problem = (status: number): Response =>
  Response.json(
    {
      title: 'The store cannot be read',
      code: 'STORE_UNAVAILABLE',
      hint: 'See the hub log',
      status,
    },
    { status },
  );

export async function mount(element: ReactNode, path: string = '/'): Promise<HTMLElement> {
  // The virtual table asks how much room it has; happy-dom lays nothing out.
  Object.defineProperty(HTMLElement.prototype, 'clientHeight', { configurable: true, value: 600 });
  Object.defineProperty(HTMLElement.prototype, 'clientWidth', { configurable: true, value: 1200 });
  window.history.replaceState(null, '', path);
  const host = document.body.appendChild(document.createElement('div'));
  const root = createRoot(host);
  roots.push(root);
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  await act(async () => root.render(createElement(QueryClientProvider, { client }, element)));
  return host;
}

/** Waits until the page says so; the last text is in the error when it never does. */
export async function until(host: HTMLElement, words: string | RegExp): Promise<void> {
  const said = (): boolean =>
    typeof words === 'string'
      ? (host.textContent ?? '').includes(words)
      : words.test(host.textContent ?? '');
  for (let tries = 0; tries < 100; tries++) {
    if (said()) return;
    await act(() => new Promise((resolve) => setTimeout(resolve, 10)));
  }
  throw new Error(`Never said ${words}: ${host.textContent}`);
}

export async function click(host: HTMLElement, name: string): Promise<void> {
  const button = [...host.querySelectorAll<HTMLElement>('button, label')].find(
    (known) => known.textContent?.trim() === name || known.getAttribute('aria-label') === name,
  );
  if (button === undefined) throw new Error(`There is no button ${name}`);
  await act(async () => button.click());
}

export async function unmountAll(): Promise<void> {
  for (const root of roots.splice(0)) await act(async () => root.unmount());
  document.body.replaceChildren();
  localStorage.clear();
  vi.unstubAllGlobals();
}

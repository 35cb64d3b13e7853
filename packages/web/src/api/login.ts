import type { LoginView } from '@spoor/core';
import { getJson, keepCsrf, postJson } from './client.ts';

/** The one-time code of a printed link: `#code=…`, in the fragment, so that no log has it. */
export function codeOf(hash: string): string | undefined {
  const code = new URLSearchParams(hash.replace(/^#/, '')).get('code');
  return code === null || code === '' ? undefined : code;
}

/** Takes the code out of the address bar, then trades it for a cookie; without one, resumes. */
export async function logIn(
  location: Pick<Location, 'hash' | 'pathname' | 'search'>,
  history: Pick<History, 'replaceState'>,
): Promise<void> {
  const code = codeOf(location.hash);
  if (code !== undefined) history.replaceState(null, '', location.pathname + location.search);
  const login = await (code === undefined
    ? getJson<LoginView>('/api/v1/login')
    : postJson<LoginView>('/api/v1/login', { code }));
  keepCsrf(login.csrf);
}

import type { Alert, CaseView, Page, SessionView } from '@spoor/core';
import { isCaseId } from '@spoor/core';
import type { InfiniteData, QueryClient } from '@tanstack/react-query';
import { ApiError, getJson } from './client.ts';
import { fetchCall, KEYS } from './queries.ts';

export const callPath = (session: string, call: string): string =>
  `/sessions/${encodeURIComponent(session)}?call=${encodeURIComponent(call)}`;

/** The page of whatever has this id: a case, a session or alert that is known, or a call. */
export async function findPlace(client: QueryClient, id: string): Promise<string> {
  if (isCaseId(id)) {
    const { observation } = await getJson<CaseView>(`/api/v1/cases/${id}`);
    return callPath(observation.session.id, observation.id);
  }
  const session = knownSessions(client).find((row) => row.id.endsWith(id) || row.id === id);
  if (session !== undefined) return `/sessions/${encodeURIComponent(session.id)}`;
  const alerts = client.getQueryData<Page<Alert>>(KEYS.alerts)?.rows ?? [];
  const alert = alerts.find((row) => row.id.toLowerCase() === id);
  if (alert !== undefined) return `/alerts/${encodeURIComponent(alert.id)}`;
  const { observation } = await fetchCall(id).catch((error: unknown) => {
    if (error instanceof ApiError && error.status === 404) {
      throw new ApiError(404, error.code, 'Nothing has this id');
    }
    throw error;
  });
  return callPath(observation.session.id, observation.id);
}

const knownSessions = (client: QueryClient): readonly SessionView[] =>
  client
    .getQueryData<InfiniteData<Page<SessionView>>>(KEYS.sessions)
    ?.pages.flatMap((page) => page.rows) ?? [];

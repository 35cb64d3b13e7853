import type { Alert, Observation, Page, SessionDetail, SessionView } from '@spoor/core';

/**
 * Applies one live observation. A known call keeps its place and only changes its content, so that
 * nothing on screen moves; a new one goes to the end.
 */
export function mergeObservation(detail: SessionDetail, next: Observation): SessionDetail {
  const at = detail.observations.findIndex((known) => known.id === next.id);
  const observations =
    at === -1 ? [...detail.observations, next] : detail.observations.with(at, next);
  const before = at === -1 ? undefined : detail.observations[at];
  return { ...detail, observations, session: countIn(detail.session, next, before) };
}

function countIn(
  session: SessionView,
  next: Observation,
  before: Observation | undefined,
): SessionView {
  const isCall = next.kind !== 'intent' && next.kind !== 'decision' && next.kind !== 'system';
  const newlyDenied = next.outcome === 'denied' && before?.outcome !== 'denied';
  const { name } = next.server;
  return {
    ...session,
    lastMs: Math.max(session.lastMs, next.time.endMs ?? next.time.startMs),
    calls: session.calls + (isCall && before === undefined ? 1 : 0),
    denied: session.denied + (newlyDenied ? 1 : 0),
    servers:
      !isCall || session.servers.includes(name) ? session.servers : [...session.servers, name],
  };
}

/** Replaces the alert in its place, or puts a new one first. */
export function mergeAlert(alerts: readonly Alert[], next: Alert): readonly Alert[] {
  const at = alerts.findIndex((known) => known.id === next.id);
  return at === -1 ? [next, ...alerts] : alerts.with(at, next);
}

export const mergeAlertPage = (page: Page<Alert>, next: Alert): Page<Alert> => ({
  ...page,
  rows: mergeAlert(page.rows, next),
});

export function mergeSessionAlert(detail: SessionDetail, next: Alert): SessionDetail {
  const alerts = mergeAlert(detail.alerts, next);
  return { ...detail, alerts, session: { ...detail.session, alerts: alerts.length } };
}

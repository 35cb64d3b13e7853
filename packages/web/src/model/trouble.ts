import type { Alert, Observation } from '@spoor/core';

const BAD_OUTCOMES: ReadonlySet<Observation['outcome']> = new Set([
  'denied',
  'tool_error',
  'protocol_error',
  'timeout',
]);

/** Id of the next step that was denied, failed or completed an alert; wraps round. */
export function nextTrouble(
  rows: readonly Observation[],
  alerts: readonly Alert[],
  current: string,
): string | undefined {
  const ends = new Set(alerts.map((alert) => alert.detection.path.at(-1)?.call));
  const at = rows.findIndex((row) => row.id === current);
  const ordered = [...rows.slice(at + 1), ...rows.slice(0, at + 1)];
  return ordered.find((row) => BAD_OUTCOMES.has(row.outcome) || ends.has(row.id))?.id;
}

import type { Level } from '@spoor/core';
import { lineOf, type Notice, summaryOf } from '../notice.ts';
import type { SinkPlace, SinkRequest } from '../sink.ts';

const SEVERITIES: Readonly<Record<Level, string>> = {
  critical: 'critical',
  high: 'error',
  medium: 'warning',
  low: 'info',
  informational: 'info',
};
/** Source: Events API v2 reference. */
const SUMMARY_CHARS = 1_024;

/** PagerDuty's Events API v2. An alert is one incident, however often it happens. */
export function pagerduty({ alert }: Notice, { secret }: SinkPlace): SinkRequest {
  const summary = summaryOf(alert);
  const last = summary.path.at(-1);
  const body = {
    routing_key: secret,
    event_action: 'trigger',
    dedup_key: summary.id,
    client: 'Spoor',
    payload: {
      summary: lineOf(summary).slice(0, SUMMARY_CHARS),
      source: last?.server || 'spoor',
      severity: SEVERITIES[summary.level],
      timestamp: new Date(summary.lastMs).toISOString(),
      component: last?.tool || undefined,
      group: summary.session,
      class: summary.rule,
      custom_details: summary,
    },
  };
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

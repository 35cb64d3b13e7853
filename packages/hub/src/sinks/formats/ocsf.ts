import type { Alert, DecisionAction, Level } from '@spoor/core';
import { lineOf, type Notice, summaryOf } from '../notice.ts';
import type { SinkPlace, SinkRequest } from '../sink.ts';

const SEVERITIES: Readonly<Record<Level, number>> = {
  informational: 1,
  low: 2,
  medium: 3,
  high: 4,
  critical: 5,
};
const STATUSES: Readonly<Record<Alert['status'], number>> = {
  new: 1,
  ongoing: 1,
  acknowledged: 2,
  dismissed: 3,
  resolved: 4,
};
/** Of the security control profile: allowed or denied, and what came of it. */
const ACTIONS: Readonly<Record<DecisionAction, { action: number; disposition: number }>> = {
  allow: { action: 1, disposition: 1 },
  deny: { action: 2, disposition: 2 },
  ask: { action: 2, disposition: 2 },
  defer: { action: 2, disposition: 2 },
  modify: { action: 1, disposition: 1 },
};
const CLASS = 2_004;

/** OCSF's Detection Finding, with what it has no place for in `unmapped`. */
export function ocsfFinding({ id, alert }: Notice, version: string): object {
  const summary = summaryOf(alert);
  const activity = alert.count > 1 ? 2 : 1;
  const { action, disposition } = ACTIONS[alert.action];
  const last = summary.path.at(-1);
  return {
    class_uid: CLASS,
    category_uid: 2,
    activity_id: activity,
    type_uid: CLASS * 100 + activity,
    time: summary.lastMs,
    start_time: summary.firstMs,
    end_time: summary.lastMs,
    count: summary.count,
    message: lineOf(summary),
    severity_id: SEVERITIES[summary.level],
    status_id: STATUSES[summary.status],
    action_id: action,
    disposition_id: disposition,
    is_alert: true,
    metadata: {
      version: '1.6.0',
      uid: id,
      correlation_uid: summary.session,
      profiles: ['security_control'],
      product: { name: 'Spoor', vendor_name: 'Spoor', version },
    },
    finding_info: {
      uid: summary.id,
      title: summary.title,
      desc: alert.rule.description.slice(0, 2_000),
      types: summary.tags,
      created_time: summary.firstMs,
      first_seen_time: summary.firstMs,
      last_seen_time: summary.lastMs,
      modified_time: summary.lastMs,
      analytic: { uid: summary.rule, name: alert.rule.title, type_id: 1 },
    },
    remediation: { desc: summary.advice },
    unmapped: {
      delegation_path: summary.path.map(({ server, tool }) => `${server}/${tool}`),
      mcp_method: last === undefined ? undefined : last.tool === '' ? '_OTHER' : 'tools/call',
      mcp_name: last?.tool || undefined,
      attestation_state: summary.identity ?? 'unverified',
      principal: summary.principal,
      case: summary.case,
      ledger: summary.ledger,
    },
  };
}

/** Sent to a server that takes one finding a request. */
export function ocsf(notice: Notice, { version, secret }: SinkPlace): SinkRequest {
  return {
    headers: {
      'content-type': 'application/json',
      ...(secret === '' ? {} : { authorization: `Bearer ${secret}` }),
    },
    body: JSON.stringify(ocsfFinding(notice, version)),
  };
}

import type { Level } from '@spoor/core';
import { lineOf, type Notice, summaryOf } from '../notice.ts';
import type { SinkPlace, SinkRequest } from '../sink.ts';

const SEVERITIES: Readonly<Record<Level, number>> = {
  informational: 0,
  low: 21,
  medium: 47,
  high: 73,
  critical: 99,
};

/** Elasticsearch, in fields of ECS. The notice's id is the document's: it is stored once. */
export function elastic({ id, alert }: Notice, { secret, index }: SinkPlace): SinkRequest {
  const summary = summaryOf(alert);
  const body = {
    '@timestamp': new Date(summary.lastMs).toISOString(),
    message: lineOf(summary),
    event: {
      kind: 'alert',
      category: ['intrusion_detection'],
      type: [summary.action === 'deny' ? 'denied' : 'info'],
      action: summary.action,
      severity: SEVERITIES[summary.level],
      id,
      module: 'spoor',
    },
    rule: { id: summary.rule, name: summary.title },
    threat: { technique: { id: summary.tags } },
    spoor: summary,
  };
  return {
    path: `/${encodeURIComponent(index)}/_create/${encodeURIComponent(id)}`,
    headers: {
      'content-type': 'application/json',
      ...(secret === '' ? {} : { authorization: `ApiKey ${secret}` }),
    },
    body: JSON.stringify(body),
    known: [409],
  };
}

import type { Level } from '@spoor/core';
import { lineOf, type Notice, summaryOf } from '../notice.ts';
import type { SinkPlace, SinkRequest } from '../sink.ts';

/** Numbers of OpenTelemetry's log data model. */
const SEVERITIES: Readonly<Record<Level, number>> = {
  informational: 9,
  low: 10,
  medium: 13,
  high: 17,
  critical: 21,
};

/** OpenTelemetry logs, over HTTP in JSON. */
export function otlp({ id, alert }: Notice, { version, secret, nowMs }: SinkPlace): SinkRequest {
  const summary = summaryOf(alert);
  const last = summary.path.at(-1);
  const attributes = {
    'event.name': 'spoor.alert',
    'spoor.alert.id': summary.id,
    'spoor.notice.id': id,
    'spoor.rule.id': summary.rule,
    'spoor.decision': summary.action,
    'spoor.session.id': summary.session,
    'mcp.server.name': last?.server,
    'gen_ai.tool.name': last?.tool || undefined,
    'spoor.ledger.index': summary.ledger?.index,
    'spoor.ledger.leaf': summary.ledger?.leaf,
  };
  const body = {
    resourceLogs: [
      {
        resource: { attributes: pairs({ 'service.name': 'spoor', 'service.version': version }) },
        scopeLogs: [
          {
            scope: { name: 'spoor', version },
            logRecords: [
              {
                timeUnixNano: nanos(summary.lastMs),
                observedTimeUnixNano: nanos(nowMs),
                severityNumber: SEVERITIES[summary.level],
                severityText: summary.level,
                eventName: 'spoor.alert',
                body: { stringValue: lineOf(summary) },
                attributes: pairs(attributes),
              },
            ],
          },
        ],
      },
    ],
  };
  return {
    path: '/v1/logs',
    headers: {
      'content-type': 'application/json',
      ...(secret === '' ? {} : { authorization: `Bearer ${secret}` }),
    },
    body: JSON.stringify(body),
  };
}

const nanos = (ms: number): string => `${BigInt(Math.round(ms)) * 1_000_000n}`;

const pairs = (values: Readonly<Record<string, string | number | undefined>>): object[] =>
  Object.entries(values).flatMap(([key, value]) => {
    if (value === undefined) return [];
    const held = typeof value === 'number' ? { intValue: String(value) } : { stringValue: value };
    return [{ key, value: held }];
  });

import { type Notice, summaryOf } from '../notice.ts';
import type { SinkPlace, SinkRequest } from '../sink.ts';

/** Splunk's HTTP Event Collector. */
export function splunk({ id, alert }: Notice, { secret }: SinkPlace): SinkRequest {
  const body = {
    time: alert.lastMs / 1_000,
    source: 'spoor',
    sourcetype: 'spoor:alert',
    event: { ...summaryOf(alert), notice: id },
  };
  return {
    path: '/services/collector/event',
    headers: { 'content-type': 'application/json', authorization: `Splunk ${secret}` },
    body: JSON.stringify(body),
  };
}

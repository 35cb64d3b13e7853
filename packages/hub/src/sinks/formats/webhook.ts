import { createHmac } from 'node:crypto';
import { CodedError } from '@spoor/core';
import { type Notice, summaryOf } from '../notice.ts';
import type { SinkPlace, SinkRequest } from '../sink.ts';

/** Any server that understands JSON. Signed as Standard Webhooks 1.0 says, with `whsec_…`. */
export function webhook({ id, alert }: Notice, { secret, nowMs }: SinkPlace): SinkRequest {
  const body = JSON.stringify({
    type: alert.count > 1 ? 'alert.repeated' : 'alert.raised',
    timestamp: new Date(alert.lastMs).toISOString(),
    data: summaryOf(alert),
  });
  const seconds = String(Math.floor(nowMs / 1_000));
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': seconds,
  };
  if (secret !== '')
    headers['webhook-signature'] = `v1,${signature(secret, `${id}.${seconds}.${body}`)}`;
  return { headers, body };
}

const SECRET_BYTES = { min: 24, max: 64 } as const;

function signature(secret: string, text: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  if (key.length < SECRET_BYTES.min || key.length > SECRET_BYTES.max)
    throw new CodedError('SINK_SECRET', 'whsec_ and 24 to 64 bytes in base64');
  return createHmac('sha256', key).update(text).digest('base64');
}

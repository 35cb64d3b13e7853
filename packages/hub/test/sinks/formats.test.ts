import { createHmac, timingSafeEqual } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { FORMATS } from '../../src/sinks/formats/index.ts';
import { ocsfFinding } from '../../src/sinks/formats/ocsf.ts';
import { noticeOf } from '../../src/sinks/notice.ts';
import { SINK_KINDS, type SinkKind } from '../../src/sinks/sink.ts';
import { alertOf, CANARY } from './alert.ts';

const KEY = Buffer.alloc(32, 7);
const SECRET = `whsec_${KEY.toString('base64')}`;

const encode = (kind: SinkKind, alert = alertOf(), secret = SECRET) =>
  FORMATS[kind].encode(noticeOf(alert), {
    version: '1.2.3',
    secret,
    index: 'alerts',
    nowMs: 1_800_000_100_000,
  });

for (const kind of SINK_KINDS) {
  verifies(
    'sinks:formats',
    () => {
      const { body } = encode(kind);
      expect(body).toContain('pii-through-code-to-share');
      expect(body).not.toContain(CANARY);
      // Escapes of JSON are read back: what is invisible is gone, not only written otherwise.
      const texts: string[] = [];
      JSON.parse(body, (_, value: unknown) => {
        if (typeof value === 'string') texts.push(value);
        return value;
      });
      expect(texts.filter((text) => /[\u0000-\u0009\u000b-\u001f\u007f\u202e]/.test(text))).toEqual(
        [],
      );
    },
    { case: kind },
  );
}

test('a webhook is signed as Standard Webhooks says', () => {
  const { headers, body } = encode('webhook');
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signed = '' } = headers;
  const wanted = createHmac('sha256', KEY).update(`${id}.${at}.${body}`).digest();
  const [version, given = ''] = signed.split(',');
  expect(version).toBe('v1');
  expect(timingSafeEqual(Buffer.from(given, 'base64'), wanted)).toBe(true);
  expect(at).toBe('1800000100');
  expect(JSON.parse(body)).toMatchObject({ type: 'alert.raised', data: { action: 'deny' } });
});

test('a secret that is too short to sign with is said', () => {
  expect(() => encode('webhook', alertOf(), 'whsec_c2hvcnQ=')).toThrow(
    'The secret of a sink cannot be used',
  );
});

test('a webhook without a secret is not signed', () => {
  expect(encode('webhook', alertOf(), '').headers).not.toHaveProperty('webhook-signature');
});

test('Slack reads no mark in it: blocks are plain, and the notice is escaped', () => {
  const { text, blocks } = JSON.parse(encode('slack').body) as {
    text: string;
    blocks: { type: string; text?: { type: string }; elements?: { type: string }[] }[];
  };
  expect(text).toContain('&lt;!channel&gt;');
  expect(text).not.toMatch(/[<>]/);
  const types = blocks.flatMap((one) => [one.text, ...(one.elements ?? [])].map((of) => of?.type));
  expect(new Set(types.filter((type) => type !== undefined))).toEqual(new Set(['plain_text']));
});

test('PagerDuty makes one incident of an alert, however often it happens', () => {
  const first = JSON.parse(encode('pagerduty').body);
  const again = JSON.parse(encode('pagerduty', alertOf({ count: 4, status: 'ongoing' })).body);
  expect(first).toMatchObject({
    routing_key: SECRET,
    event_action: 'trigger',
    payload: { severity: 'critical', source: 'crm' },
  });
  expect(again.dedup_key).toBe(first.dedup_key);
});

test('Splunk and Elastic get their credentials in headers alone', () => {
  const collector = encode('splunk');
  expect(collector).toMatchObject({
    path: '/services/collector/event',
    headers: { authorization: `Splunk ${SECRET}` },
  });
  const stored = encode('elastic');
  expect(stored.path).toBe('/alerts/_create/01a200ad-0000-7000-8000-000000000001.1');
  expect(stored.headers.authorization).toBe(`ApiKey ${SECRET}`);
  for (const { body } of [collector, stored]) expect(body).not.toContain(SECRET);
});

describe('OCSF', () => {
  test('is a Detection Finding with what the class requires', () => {
    expect(ocsfFinding(noticeOf(alertOf()), '1.2.3')).toMatchObject({
      class_uid: 2004,
      category_uid: 2,
      activity_id: 1,
      type_uid: 200_401,
      time: 1_800_000_000_002,
      severity_id: 5,
      status_id: 1,
      action_id: 2,
      disposition_id: 2,
      metadata: { version: '1.6.0', product: { name: 'Spoor' } },
      finding_info: {
        uid: '01a200ad-0000-7000-8000-000000000001',
        created_time: 1_800_000_000_000,
      },
      unmapped: { mcp_method: 'tools/call', attestation_state: 'unverified' },
    });
  });

  test('tells what happens again as an update', () => {
    expect(ocsfFinding(noticeOf(alertOf({ count: 2 })), '1')).toMatchObject({
      activity_id: 2,
      type_uid: 200_402,
    });
  });
});

test('OpenTelemetry logs have the time in nanoseconds and the severity of the model', () => {
  const [resource] = JSON.parse(encode('otlp').body).resourceLogs;
  const [record] = resource.scopeLogs[0].logRecords;
  expect(record).toMatchObject({ severityNumber: 21, timeUnixNano: '1800000000002000000' });
});

import { CodedError } from '@spoor/core';
import { describe, expect, test } from 'vitest';
import { parseSinks } from '../../src/sinks/sinks-file.ts';

test('a file of sinks is read whole; its paths start at its folder', () => {
  const text = `sinks:
  - name: on-call
    kind: pagerduty
    secret-file: pagerduty.key
    level: critical
    rules: [pii-*, secret-to-egress]
  - { name: siem, kind: ocsf, path: /var/log/spoor.jsonl, level: low, repeat: true }
  - { name: chat, kind: slack, url-file: slack.url }
`;
  expect(parseSinks(text, '/etc/spoor/sinks.yaml')).toEqual([
    {
      name: 'on-call',
      kind: 'pagerduty',
      url: 'https://events.pagerduty.com/v2/enqueue',
      secretFile: '/etc/spoor/pagerduty.key',
      index: 'spoor-alerts',
      level: 'critical',
      rules: ['pii-*', 'secret-to-egress'],
      repeat: false,
    },
    {
      name: 'siem',
      kind: 'ocsf',
      path: '/var/log/spoor.jsonl',
      index: 'spoor-alerts',
      level: 'low',
      rules: [],
      repeat: true,
    },
    {
      name: 'chat',
      kind: 'slack',
      urlFile: '/etc/spoor/slack.url',
      index: 'spoor-alerts',
      level: 'high',
      rules: [],
      repeat: false,
    },
  ]);
  expect(parseSinks('', 'sinks.yaml')).toEqual([]);
});

describe('a mistake is named with line and column', () => {
  const one = (members: string): string => `sinks:\n  - { name: a, ${members} }`;
  test.each([
    ['sink: []', '1:1: unknown key “sink”; did you mean “sinks”?'],
    [one('url: "http://x"'), '`kind` is missing'],
    [one('kind: webhok, url: "http://x"'), '2:22: `kind` is webhook'],
    [one('kind: webhook'), 'a sink has `url`'],
    [one('kind: webhook, url: "http://x", url-file: y'), 'a sink has `url`'],
    [one('kind: webhook, url: "http://u:p@x"'), 'without credentials'],
    [one('kind: webhook, path: x'), 'only `ocsf` goes to a file'],
    [one('kind: splunk, url: "https://x"'), '`splunk` needs a `secret-file`'],
    [one('kind: webhook, url: "http://x", level: severe'), '`level` is informational'],
    [one('kind: webhook, url: "http://x", repeat: maybe'), '`repeat` is true or false'],
    [one('kind: elastic, url: "http://x", index: "A B"'), '`index` is'],
    [one('kind: webhook, url: "http://x", secret-fil: s'), 'did you mean “secret-file”?'],
  ])('%j', (text, message) => {
    const read = (): unknown => parseSinks(text, 'sinks.yaml');
    expect(read).toThrow(CodedError);
    expect(read).toThrow(message);
  });
});

import { CodedError } from '@spoor/core';
import { describe, expect, test } from 'vitest';
import { parseDestinations } from '../../src/export/destinations.ts';

const FILE = `destinations:
  - name: tempo
    endpoint: https://tempo.example.org/otlp
    signals: [spans, metrics]
    token-file: tempo.token
    ca-file: /etc/ca.pem
    certificate-file: client.pem
    key-file: client.key
    attributes: { drop: [mcp.identity.*, gen_ai.tool.name] }
    spool-megabytes: 8
    metrics-every-s: 10
  - name: local
    endpoint: http://127.0.0.1:4318
    headers-file: headers
    attributes: { allow: [mcp.method.name] }
`;

test('a file of destinations is read whole; its paths start at its folder', () => {
  expect(parseDestinations(FILE, '/etc/spoor/to.yaml')).toEqual([
    {
      name: 'tempo',
      endpoint: 'https://tempo.example.org/otlp',
      signals: ['spans', 'metrics'],
      tokenFile: '/etc/spoor/tempo.token',
      tls: {
        caFile: '/etc/ca.pem',
        certificateFile: '/etc/spoor/client.pem',
        keyFile: '/etc/spoor/client.key',
      },
      attributes: { drop: ['mcp.identity.*', 'gen_ai.tool.name'] },
      spoolBytesMax: 8_000_000,
      metricsEveryMs: 10_000,
    },
    {
      name: 'local',
      endpoint: 'http://127.0.0.1:4318',
      signals: ['spans'],
      headersFile: '/etc/spoor/headers',
      attributes: { allow: ['mcp.method.name'], drop: [] },
      spoolBytesMax: 64_000_000,
      metricsEveryMs: 60_000,
    },
  ]);
});

describe('a mistake is named with line and column', () => {
  const item = (lines: string): string =>
    `destinations:\n  - name: a\n    endpoint: http://x\n${lines}`;
  test.each([
    ['', 'expected `destinations:`'],
    ['destinations: 3', '1:15: `destinations` is a list'],
    ['destination: []', '1:1: unknown key “destination”; did you mean “destinations”?'],
    ['destinations: [{ name: a, endpoint: 3 }]', '`endpoint` is text'],
    ['destinations: [{ name: a, endpoint: "ftp://x" }]', '`endpoint` is an http or https URL'],
    ['destinations: [{ name: a, endpoint: "http://u:p@x" }]', 'without credentials'],
    ['destinations: [{ name: ../a, endpoint: "http://x" }]', 'a name has a-z'],
    [item('  - { name: a, endpoint: "http://y" }'), '4:13: “a” is taken'],
    [item('    signals: [logs]'), '4:14: a signal is spans or metrics, not “logs”'],
    [item('    signals: []'), '`signals` is a list of texts'],
    [item('    header-file: x'), 'did you mean “headers-file”?'],
    [item('    key-file: x'), 'come together'],
    [item('    attributes: { drop: [mcp.identity.sub] }'), 'did you mean “mcp.identity.sub_p”?'],
    [item('    attributes: { dropp: [] }'), 'did you mean “drop”?'],
    [item('    spool-megabytes: -1'), 'a number from 0 to'],
    ['destinations: [', 'to.yaml:1:'],
  ])('%j', (text, message) => {
    const read = (): unknown => parseDestinations(text, 'to.yaml');
    expect(read).toThrow(CodedError);
    expect(read).toThrow(message);
  });
});

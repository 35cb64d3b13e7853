import type { Check } from '../finding.ts';

export type ConfigurationCheckId =
  | 'source-collector-open'
  | 'source-collector-unverified'
  | 'source-collector-debug'
  | 'source-collector-drops'
  | 'source-suppressed'
  | 'source-unread';

/** What is looked for in the configuration of collectors, and what was not looked at. */
export const CONFIGURATION_CHECKS: Readonly<Record<ConfigurationCheckId, Omit<Check, 'id'>>> = {
  'source-collector-open': {
    title: 'A collector takes telemetry from anybody',
    severity: 'medium',
    points: 8,
    catalogue: ['owasp-mcp:MCP08', 'cwe:CWE-306', 'cwe:CWE-319'],
    remedy: 'Bind receivers to loopback, or give them TLS and an authenticator.',
    example: 'receivers:\n  otlp:\n    protocols:\n      grpc:\n        endpoint: 127.0.0.1:4317',
  },
  'source-collector-unverified': {
    title: 'A collector does not check whom it sends to',
    severity: 'medium',
    points: 8,
    catalogue: ['owasp-mcp:MCP08', 'cwe:CWE-295'],
    remedy: 'Name the certificate authority instead of skipping the check.',
    example: 'exporters:\n  otlp:\n    tls:\n      ca_file: /etc/otel/ca.pem',
  },
  'source-collector-debug': {
    title: 'A collector writes whole spans to its log',
    severity: 'medium',
    points: 6,
    catalogue: ['owasp-mcp:MCP08', 'cwe:CWE-532'],
    remedy: 'Take the debug exporter out of pipelines, or leave it at `basic`.',
    example: 'exporters:\n  debug:\n    verbosity: basic',
  },
  'source-collector-drops': {
    title: 'A collector samples without keeping errors',
    severity: 'medium',
    points: 8,
    catalogue: ['owasp-mcp:MCP08', 'cwe:CWE-778'],
    remedy: 'Give tail sampling a policy that keeps every trace with an error.',
    example:
      'policies:\n  - { name: errors, type: status_code, status_code: { status_codes: [ERROR] } }',
  },
  'source-suppressed': {
    title: 'Findings that a comment in the source sets aside',
    severity: 'info',
    points: 0,
    catalogue: [],
    remedy: 'Read the reasons. A comment without a reason sets nothing aside.',
    example: '// spoor-ignore source-span-values: test server, its arguments are made up',
  },
  'source-unread': {
    title: 'Files that were not looked at',
    severity: 'info',
    points: 0,
    catalogue: [],
    remedy: 'Look at them by hand, or make them readable.',
  },
};

import { expect } from 'vitest';
import { verifies } from '../../../test/verifies.ts';
import { FAULTS, type Fault } from './corpus/faults.ts';
import { idsOf, scanTwin } from './support.ts';

const TIMEOUT_MS = 120_000;

const wanted = (faults: readonly Fault[], also: readonly string[]): readonly string[] =>
  [...new Set([...faults.map((fault) => FAULTS[fault]), ...also])].sort();

const LEAKS: readonly Fault[] = [
  'args-attribute',
  'args-event',
  'args-exception',
  'args-status',
  'args-base64',
  'args-log',
  'result-attribute',
  'env-resource',
  'span-name',
  'baggage-span',
  'metric-ids',
  'trace-body',
  'stderr-args',
  'stack-in-error',
  'env-in-result',
  'stdout-noise',
  'no-validation',
];

const DEFINITIONS: readonly Fault[] = [
  'poison',
  'hidden',
  'twin-names',
  'outside-reference',
  'rug-pull',
  'read-only-lie',
  'fetch-private',
  'token-follows',
  'any-header',
  'baggage-out',
  'ratio-sampler',
];

verifies(
  'scan:bad-twins',
  async () => {
    const [leaks, definitions, traces] = await Promise.all([
      scanTwin({ faults: LEAKS, sdk: 'v1', protocol: 'grpc' }),
      scanTwin({ faults: DEFINITIONS, sdk: 'v2', protocol: 'json' }),
      scanTwin({ faults: ['parent-sampler', 'trace-meta', 'deep-schema'], sdk: 'v2' }),
    ]);
    expect(idsOf(leaks, 'failed')).toEqual(wanted(LEAKS, []));
    expect(idsOf(definitions, 'failed')).toEqual(wanted(DEFINITIONS, []));
    // A parent-based sampler keeps failures no more than anything else, and the server is watched
    // within its handlers alone.
    expect(idsOf(traces, 'failed')).toEqual(
      wanted(
        ['parent-sampler', 'trace-meta', 'deep-schema'],
        ['error-spans', 'security-events-sampled'],
      ),
    );
    const places = leaks.results.flatMap((result) =>
      result.status === 'failed' && result.check.id === 'telemetry-arguments'
        ? result.findings.map(({ where }) => where)
        : [],
    );
    expect(places).toEqual(
      expect.arrayContaining([
        'traces: span attribute tool.args',
        'traces: span attribute tool.blob',
        'traces: event called attribute input',
        'traces: event exception attribute exception.message',
        'traces: status description',
        'logs: log body',
      ]),
    );
  },
  { timeoutMs: TIMEOUT_MS },
);

verifies(
  'scan:same-twice',
  async () => {
    const faults: readonly Fault[] = ['args-attribute', 'trace-body', 'stack-in-error'];
    const [first, second] = await Promise.all([scanTwin({ faults }), scanTwin({ faults })]);
    expect(first).toEqual(second);
  },
  { timeoutMs: TIMEOUT_MS },
);

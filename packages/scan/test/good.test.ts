import { expect } from 'vitest';
import { verifies } from '../../../test/verifies.ts';
import { idsOf, scanHttpTwin, scanTwin } from './support.ts';

const TIMEOUT_MS = 120_000;

verifies(
  'scan:good-twins',
  async () => {
    const [v1, v2] = await Promise.all([
      scanTwin({ sdk: 'v1', protocol: 'protobuf' }),
      scanTwin({ sdk: 'v2', protocol: 'grpc' }),
    ]);
    for (const report of [v1, v2]) {
      expect(idsOf(report, 'failed')).toEqual([]);
      expect(idsOf(report, 'passed')).toContain('telemetry-arguments');
      expect({ score: report.score, grade: report.grade, tier: report.tier }).toEqual({
        score: 100,
        grade: 'A',
        tier: 'gold',
      });
    }
    expect(v2.target.protocols).toEqual(['2025-11-25', '2026-07-28']);
    expect(v2.logging).toMatchObject({ proved: 'L1' });
  },
  { timeoutMs: TIMEOUT_MS },
);

verifies(
  'scan:http',
  async () => {
    const faults = ['any-origin', 'any-host', 'any-size', 'any-page', 'no-token', 'any-mismatch'];
    const [good, bad] = await Promise.all([
      scanHttpTwin({}),
      scanHttpTwin({ faults: [...faults, 'trace-header'] }),
    ]);
    expect(idsOf(good, 'failed')).toEqual([]);
    expect(idsOf(bad, 'failed')).toEqual([
      'authentication-local',
      'cors',
      'header-mismatch',
      'host-checked',
      'large-bodies',
      'origin-checked',
      'trace-ids',
    ]);
  },
  { timeoutMs: TIMEOUT_MS },
);

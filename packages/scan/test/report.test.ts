import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { verifies } from '../../../test/verifies.ts';
import { DYNAMIC_CHECKS } from '../src/checks/all.ts';
import {
  badge,
  type CheckResult,
  htmlReport,
  junitReport,
  plain,
  type Report,
  reportOf,
  sarifReport,
  textReport,
} from '../src/index.ts';

const require = createRequire(import.meta.url);

const HOSTILE = '<script>alert(1)</script>"\'&]]>\u001b]8;;x\u0007\u202e\u200b\u{e0041}\ud800 ';

const checks = DYNAMIC_CHECKS.map(({ check }) => check);

/** A report in which every text of a server is as bad as it can be. */
function reportWith(text: string, kind: 'stdio' | 'source' = 'stdio'): Report {
  const finding = { what: text, where: text, evidence: text, reproduce: text };
  const results: readonly CheckResult[] = checks.map((check, at) => {
    if (at % 3 === 0) return { check, status: 'failed', findings: [finding, finding] };
    if (at % 3 === 1) return { check, status: 'not-tested', why: text };
    return { check, status: 'passed' };
  });
  const target = { kind, at: text, name: text, version: text, protocols: [text], tools: 1 };
  return reportOf({ scanner: '0.1.0', target, results, notes: [text] });
}

const ajv = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false });
const schema = readFileSync(
  require.resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json'),
  'utf8',
);
// It is written in draft 4 and uses nothing that later drafts read otherwise.
const isSarif = ajv.compile({ ...JSON.parse(schema), $schema: undefined, id: undefined });

verifies(
  'scan:formats',
  () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.constant(HOSTILE), fc.constant('src/a.ts:3:4')),
        fc.constantFrom('stdio' as const, 'source' as const),
        (text, kind) => {
          const report = reportWith(text, kind);
          isSarif(JSON.parse(sarifReport(report)));
          expect(isSarif.errors ?? []).toEqual([]);
        },
      ),
      { numRuns: 40 },
    );
  },
  { case: 'SARIF' },
);

verifies(
  'scan:formats',
  () => {
    const report = reportWith(HOSTILE);
    const html = htmlReport(report);
    const forms = [html, junitReport(report), textReport(report, (_, text) => text), badge(report)];
    for (const form of forms)
      expect(form).not.toMatch(/[\u001b\u0007\u202e\u200b\ud800]|\u{e0041}/u);
    for (const form of [html, junitReport(report)]) expect(form).not.toMatch(/<script|]]>"/);
    // One file: it asks nobody for anything.
    expect(html).not.toMatch(/\b(?:src|href|action)=|url\(|@import/);
    expect(html).toContain("default-src 'none'");
    expect(badge(report)).not.toContain('alert');
  },
  { case: 'hostile text' },
);

test('a place in source becomes a file and a line', () => {
  const [run] = JSON.parse(sarifReport(reportWith('src/a b.ts:3:4', 'source'))).runs;
  expect(run.results[0].locations[0].physicalLocation).toEqual({
    artifactLocation: { uri: 'src/a%20b.ts' },
    region: { startLine: 3, startColumn: 4 },
  });
});

test('plain text is plain for any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(plain(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    }),
  );
});

describe('the table of checks', () => {
  test('has each id once, with points by severity', () => {
    expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length);
    for (const { id, severity, points, catalogue, example } of checks) {
      expect(id).toMatch(/^[a-z0-9-]+$/);
      expect(severity === 'info' ? points : Math.min(points, 20)).toBe(points);
      expect(severity === 'critical').toBe(points === 20);
      expect(catalogue.length).toBeGreaterThan(0);
      expect(example).toBeDefined();
    }
  });

  test('has the points that were published for these four', () => {
    const pointsOf = (id: string): number | undefined =>
      checks.find((one) => one.id === id)?.points;
    expect(pointsOf('telemetry-arguments')).toBe(20);
    expect(pointsOf('baggage-forwarded')).toBe(16);
    expect(pointsOf('trace-ids')).toBe(14);
    expect(pointsOf('security-events-sampled')).toBe(8);
  });
});

import { createHash } from 'node:crypto';
import type { Check, CheckResult, Finding, Severity } from '../finding.ts';
import type { Report } from './report.ts';
import { plain } from './text.ts';

const SCHEMA =
  'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

const LEVELS: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
};

/** As code hosts sort findings: a number like those of CVSS. */
const WEIGHTS: Readonly<Record<Severity, string>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '3.0',
  info: '0.0',
};

/** SARIF 2.1.0. Findings of servers have a logical place, those of source a file and a line. */
export function sarifReport(report: Report): string {
  const log = {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'spoor scan',
            semanticVersion: report.scanner,
            rules: report.results.map(({ check }) => ruleOf(check)),
          },
        },
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: report.results.flatMap(notificationOf),
          },
        ],
        results: report.results.flatMap((result, at) => resultsOf(result, at, report)),
        properties: { score: report.score, grade: report.grade, tier: report.tier },
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

const ruleOf = (check: Check): object => ({
  id: check.id,
  name: check.id,
  shortDescription: { text: check.title },
  fullDescription: { text: `${check.title}. ${check.remedy}` },
  help: {
    text: [check.remedy, check.example ?? ''].join('\n\n').trim(),
    ...(check.example === undefined
      ? {}
      : { markdown: `${check.remedy}\n\n\`\`\`js\n${check.example}\n\`\`\`` }),
  },
  defaultConfiguration: { level: LEVELS[check.severity] },
  properties: {
    tags: ['security', ...check.catalogue],
    'security-severity': WEIGHTS[check.severity],
    points: check.points,
  },
});

/** What was not tested is said, so that no reader takes silence for a pass. */
const notificationOf = (result: CheckResult): readonly object[] =>
  result.status === 'not-tested'
    ? [
        {
          level: 'note',
          message: { text: `${result.check.id} was not tested: ${plain(result.why)}` },
          associatedRule: { id: result.check.id },
        },
      ]
    : [];

function resultsOf(result: CheckResult, ruleIndex: number, report: Report): readonly object[] {
  if (result.status !== 'failed') return [];
  const { check, findings } = result;
  return findings.map((finding) => ({
    ruleId: check.id,
    ruleIndex,
    level: LEVELS[check.severity],
    message: {
      text: [finding.what, `Seen: ${finding.evidence}`, `Again: ${finding.reproduce}`]
        .map(plain)
        .join('\n'),
    },
    locations: [locationOf(finding, report)],
    partialFingerprints: { 'spoor/v1': fingerprintOf(check, finding) },
  }));
}

const fingerprintOf = ({ id }: Check, { where, what }: Finding): string =>
  createHash('sha256').update(`${id}\n${where}\n${what}`).digest('hex').slice(0, 32);

/** `src/server.ts:12` or `src/server.ts:12:3` for source. */
const SOURCE = /^(.+\.[A-Za-z]{1,8}):(\d{1,7})(?::(\d{1,7}))?$/;

function locationOf({ where }: Finding, { target }: Report): object {
  const [, path, line, column] = SOURCE.exec(where) ?? [];
  if (target.kind === 'source' && path !== undefined) {
    const region = {
      startLine: Math.max(1, Number(line)),
      ...(column === undefined ? {} : { startColumn: Math.max(1, Number(column)) }),
    };
    return { physicalLocation: { artifactLocation: { uri: encodeURI(path) }, region } };
  }
  const fullyQualifiedName = plain(`${target.name ?? target.at} ${where}`);
  return { logicalLocations: [{ name: plain(where), fullyQualifiedName, kind: 'resource' }] };
}

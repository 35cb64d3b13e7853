import type { CheckResult, Severity } from '../finding.ts';
import { SEVERITIES } from './grade.ts';
import type { Report } from './report.ts';

/** How parts of the report are set apart: terminals colour them, files do not. */
export type Style = 'bold' | 'dim' | 'red' | 'yellow' | 'green' | 'cyan';
export type Paint = (style: Style, text: string) => string;

const COLOURS: Readonly<Record<Severity, Style>> = {
  critical: 'red',
  high: 'red',
  medium: 'yellow',
  low: 'cyan',
  info: 'dim',
};

/**
 * A text from outside on one line, with nothing in it that moves a cursor, hides or turns text
 * around.
 */
export const plain = (text: string): string =>
  text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu,
    (one) => `\\u{${(one.codePointAt(0) ?? 0).toString(16)}}`,
  );

/** The report for a person at a terminal. */
export function textReport(report: Report, paint: Paint): string {
  return [
    ...head(report, paint),
    '',
    ...failures(report, paint),
    ...untested(report, paint),
    ...verdicts(report, paint),
    ...report.notes.map((note) => paint('dim', plain(note))),
  ].join('\n');
}

function head(report: Report, paint: Paint): readonly string[] {
  const { target, score, grade, tier, passed, failed, notTested } = report;
  const name = [target.name ?? target.at, target.version ?? ''].join(' ').trim();
  const good = grade === 'A' || grade === 'B';
  return [
    `${paint('bold', plain(name))}  ${paint('dim', plain(target.at))}`,
    '',
    `  ${paint(good ? 'green' : 'red', `${grade}  ${score}/100`)}   tier ${tier}   ` +
      `${failed} failed, ${passed} passed, ${paint('yellow', `${notTested} not tested`)}`,
  ];
}

function failures({ results }: Report, paint: Paint): readonly string[] {
  const failed = results.filter((result) => result.status === 'failed');
  const sorted = failed.toSorted(
    (a, b) => SEVERITIES.indexOf(a.check.severity) - SEVERITIES.indexOf(b.check.severity),
  );
  return sorted.flatMap((result) => failure(result, paint));
}

const SHOWN_MAX = 3;

function failure(result: CheckResult, paint: Paint): readonly string[] {
  if (result.status !== 'failed') return [];
  const { check, findings } = result;
  const severity = paint(COLOURS[check.severity], check.severity.toUpperCase());
  const more = findings.length - SHOWN_MAX;
  return [
    `${severity} ${paint('dim', `−${check.points}`)} ${paint('bold', check.title)} ${paint('dim', check.id)}`,
    ...findings
      .slice(0, SHOWN_MAX)
      .flatMap(({ what, where, evidence, reproduce }) => [
        `  ${plain(what)}`,
        `    ${paint('dim', 'where')}  ${plain(where)}`,
        `    ${paint('dim', 'seen')}   ${plain(evidence)}`,
        `    ${paint('dim', 'again')}  ${plain(reproduce)}`,
      ]),
    ...(more > 0 ? [`  and ${more} more`] : []),
    `  ${paint('green', 'fix')}  ${check.remedy}`,
    ...(check.example ?? '').split('\n').map((line) => `       ${paint('cyan', line)}`),
    `  ${paint('dim', check.catalogue.join('  '))}`,
    '',
  ];
}

function untested({ results }: Report, paint: Paint): readonly string[] {
  const byWhy = new Map<string, string[]>();
  for (const result of results)
    if (result.status === 'not-tested')
      byWhy.set(result.why, [...(byWhy.get(result.why) ?? []), result.check.id]);
  if (byWhy.size === 0) return [];
  const rows = [...byWhy].map(([why, ids]) => `  ${ids.join(', ')}: ${plain(why)}`);
  return [paint('yellow', 'Not tested, which is not passed'), ...rows, ''];
}

const MARKS = { met: 'yes', failed: 'NO ', 'not-tested': ' ? ' } as const;

function verdicts({ logging, audit }: Report, paint: Paint): readonly string[] {
  const { proved, refuted, requirements } = logging;
  const below = refuted === undefined ? '' : `, refuted from ${refuted}`;
  return [
    `${paint('bold', 'CoSAI logging')}  proved ${proved}${below}`,
    ...requirements.map(
      ({ level, demand, status, because }) =>
        `  ${level} ${MARKS[status]}  ${demand} ${paint('dim', `(${because})`)}`,
    ),
    '',
    paint('bold', 'OWASP MCP08, audit and telemetry'),
    ...audit.map(
      ({ demand, status, because }) =>
        `  ${MARKS[status]}  ${demand} ${paint('dim', `(${because})`)}`,
    ),
    '',
  ];
}

import type { CheckResult } from '../finding.ts';
import type { Report } from './report.ts';
import { plain } from './text.ts';

/** JUnit XML, one case for each check: what was not tested is skipped, with why. */
export function junitReport(report: Report): string {
  const { results, failed, notTested, target } = report;
  const name = escaped(`spoor scan ${target.name ?? target.at}`);
  const counts = `tests="${results.length}" failures="${failed}" errors="0"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="spoor scan" ${counts}>`,
    `  <testsuite name="${name}" ${counts} skipped="${notTested}">`,
    ...results.flatMap(caseOf),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function caseOf(result: CheckResult): readonly string[] {
  const { id, title, severity, remedy } = result.check;
  const open = `    <testcase classname="spoor.${severity}" name="${id}: ${escaped(title)}"`;
  switch (result.status) {
    case 'passed':
      return [`${open}/>`];
    case 'not-tested':
      return [`${open}>`, `      <skipped message="${escaped(result.why)}"/>`, '    </testcase>'];
    case 'failed': {
      const lines = result.findings.flatMap(({ what, where, evidence, reproduce }) => [
        what,
        `  where: ${where}`,
        `  seen: ${evidence}`,
        `  again: ${reproduce}`,
      ]);
      const [first] = result.findings;
      return [
        `${open}>`,
        `      <failure type="${id}" message="${escaped(first?.what ?? title)}">`,
        ...[...lines, `fix: ${remedy}`].map(escaped),
        '      </failure>',
        '    </testcase>',
      ];
    }
  }
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for XML and HTML alike, without characters that neither may have or that hide. */
export const escaped = (text: string): string =>
  plain(text)
    .replace(/[\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);

import { writeFile } from 'node:fs/promises';
import {
  badge,
  htmlReport,
  junitReport,
  type Report,
  type Scan,
  sarifReport,
  textReport,
  writeLock,
} from '@spoor/scan';
import type { Context, Flag } from '../../command.ts';
import { paint } from '../../output.ts';

const FORMATS: Readonly<Record<string, (report: Report) => string>> = {
  sarif: sarifReport,
  junit: junitReport,
  html: htmlReport,
  badge,
};

const file = (help: string): Flag => ({ type: 'string', placeholder: 'F', help });

export const OUTPUT_FLAGS: Readonly<Record<string, Flag>> = {
  sarif: file('Write SARIF 2.1.0'),
  junit: file('Write JUnit XML'),
  html: file('Write one HTML file that needs nothing else'),
  badge: file('Write an SVG with the grade'),
  'write-lock': file('Write a lock file of the definitions'),
};

/** Says what was found, and writes the files that were asked for. */
export async function tell({ flags, out }: Context, done: Scan): Promise<void> {
  const { report } = done;
  if (flags.json === true) out.json(report);
  else out.line(textReport(report, (style, text) => paint(out, style, text)));
  for (const [flag, render] of Object.entries(FORMATS)) {
    const path = flags[flag];
    if (typeof path === 'string') await writeFile(path, render(report));
  }
  const lock = flags['write-lock'];
  if (typeof lock === 'string') await writeFile(lock, writeLock(done));
}

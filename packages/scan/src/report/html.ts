import type { CheckResult } from '../finding.ts';
import { SEVERITIES } from './grade.ts';
import { escaped } from './junit.ts';
import type { Report } from './report.ts';
import type { Verdict } from './requirement.ts';

/**
 * One file that asks nobody for anything: no script, no image, no link out. Everything that a
 * server said is text.
 */
export function htmlReport(report: Report): string {
  const { target, grade, score, tier } = report;
  const name = escaped([target.name ?? target.at, target.version ?? ''].join(' ').trim());
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="referrer" content="no-referrer">
<title>${name}: ${grade}, ${score} of 100</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<p class="grade ${grade === 'A' || grade === 'B' ? 'good' : 'bad'}">${grade}</p>
<div>
<h1>${name}</h1>
<p><code>${escaped(target.at)}</code></p>
<p>${score} of 100, tier ${tier}: ${counts(report)}. CoSAI logging: ${levels(report)}.</p>
</div>
</header>
<main>
<section aria-labelledby="failed"><h2 id="failed">Failed</h2>
${section(report, 'failed', failure, 'Nothing that was tested failed.')}
</section>
<section aria-labelledby="untested"><h2 id="untested">Not tested, which is not passed</h2>
${section(report, 'not-tested', untested, 'Everything was tested.')}
</section>
<section aria-labelledby="passed"><h2 id="passed">Passed</h2>
${section(report, 'passed', passed, 'Nothing.')}
</section>
<section aria-labelledby="cosai"><h2 id="cosai">CoSAI, logging and observability</h2>
<table>${report.logging.requirements.map((row) => verdict(row, row.level)).join('\n')}</table>
</section>
<section aria-labelledby="owasp"><h2 id="owasp">OWASP MCP08, audit and telemetry</h2>
<table>${report.audit.map((row) => verdict(row, '')).join('\n')}</table>
</section>
</main>
<footer>${notes(report)}</footer>
</body>
</html>
`;
}

const notes = ({ notes: all, scanner }: Report): string =>
  [...all, `spoor scan ${scanner}`].map((note) => `<p>${escaped(note)}</p>`).join('');

const counts = ({ failed, passed: good, notTested }: Report): string =>
  `${failed} failed, ${good} passed, ${notTested} not tested`;

const levels = ({ logging: { proved, refuted } }: Report): string =>
  refuted === undefined ? `proved ${proved}` : `proved ${proved}, refuted from ${refuted}`;

function section(
  { results }: Report,
  status: CheckResult['status'],
  row: (result: CheckResult) => string,
  none: string,
): string {
  const own = results
    .filter((result) => result.status === status)
    .toSorted(
      (a, b) => SEVERITIES.indexOf(a.check.severity) - SEVERITIES.indexOf(b.check.severity),
    );
  return own.length === 0 ? `<p>${none}</p>` : own.map(row).join('\n');
}

function failure(result: CheckResult): string {
  if (result.status !== 'failed') return '';
  const { check, findings } = result;
  const found = findings.map(
    ({ what, where, evidence, reproduce }) =>
      `<li><p>${escaped(what)}</p><dl><dt>Where</dt><dd>${escaped(where)}</dd>` +
      `<dt>Seen</dt><dd><code>${escaped(evidence)}</code></dd>` +
      `<dt>Again</dt><dd><code>${escaped(reproduce)}</code></dd></dl></li>`,
  );
  const example =
    check.example === undefined
      ? ''
      : `<pre><code>${check.example.split('\n').map(escaped).join('\n')}</code></pre>`;
  return `<article class="${check.severity}">
<h3><span class="severity">${check.severity} −${check.points}</span>
${escaped(check.title)} <small>${check.id}</small></h3>
<ul>${found.join('\n')}</ul>
<p><strong>Fix:</strong> ${escaped(check.remedy)}</p>${example}
<p class="ids">${check.catalogue.map(escaped).join(' · ')}</p>
</article>`;
}

const untested = (result: CheckResult): string =>
  result.status === 'not-tested'
    ? `<p><strong>${escaped(result.check.title)}</strong> ${small(result)}: ${escaped(result.why)}</p>`
    : '';

const small = ({ check }: CheckResult): string => `<small>${check.id}</small>`;

const passed = ({ check }: CheckResult): string =>
  `<p>${escaped(check.title)} <small>${check.id}</small></p>`;

const WORDS = { met: 'yes', failed: 'no', 'not-tested': 'not tested' } as const;

const verdict = ({ demand, status, because }: Verdict, level: string): string => {
  const cells = [`<td>${level}</td>`, `<td class="${status}">${WORDS[status]}</td>`];
  return `<tr>${cells.join('')}<td>${escaped(demand)}</td><td>${escaped(because)}</td></tr>`;
};

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 0 auto; padding: 1.5rem; background: Canvas; color: CanvasText; }
header { display: flex; gap: 1.5rem; align-items: center; }
h1 { font-size: 1.4rem; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; border-bottom: 1px solid GrayText; }
h3 { font-size: 1rem; margin: 0; }
p { margin: .3rem 0; }
small, .ids, footer { color: light-dark(#555, #aaa); font-size: .85rem; }
.grade { font-size: 3.5rem; font-weight: 700; line-height: 1; margin: 0; color: #fff; }
.grade { padding: .8rem 1.2rem; border-radius: .5rem; }
.good { background: #1a6b3c; }
.bad { background: #a3222a; }
article { border-inline-start: .3rem solid GrayText; padding: .2rem 1rem; margin: 1rem 0; }
.critical, .high { border-color: #c62f38; }
.medium { border-color: #b7791f; }
.low { border-color: #2b6cb0; }
.severity { text-transform: uppercase; font-size: .8rem; }
ul { padding-inline-start: 1.2rem; }
dl { display: grid; grid-template-columns: 4rem 1fr; gap: .1rem .8rem; margin: .2rem 0 .6rem; }
dd { margin: 0; min-width: 0; }
code { overflow-wrap: anywhere; font-size: .85rem; }
pre { background: light-dark(#f3f3f3, #222); padding: .6rem; overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
td { padding: .25rem .6rem .25rem 0; vertical-align: top; }
td { border-bottom: 1px solid light-dark(#ddd, #333); }
td.met { color: light-dark(#1a6b3c, #6fd09a); white-space: nowrap; }
td.failed { color: light-dark(#a3222a, #ff8d93); white-space: nowrap; }
td.not-tested { white-space: nowrap; }
`;

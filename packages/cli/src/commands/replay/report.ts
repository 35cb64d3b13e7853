import type {
  FieldCoverage,
  HistoryView,
  ReplayDifference,
  ReplayedRule,
  ReplayHit,
  ReplayView,
} from '@spoor/core';
import type { Output } from '../../command.ts';
import { paint, visible } from '../../output.ts';

const HITS_SHOWN = 5;

/** What there was to look at comes first: without it, no hit says nothing. */
export function tellReplay(out: Output, { history, rules, differences }: ReplayView): void {
  tellHistory(out, history);
  for (const rule of rules) tellRule(out, rule);
  for (const one of differences ?? []) tellDifference(out, one);
}

function tellHistory(out: Output, history: HistoryView): void {
  const { observations, sessions, fromMs, toMs, shredded, cutSessions, unreadable } = history;
  const span =
    fromMs === undefined || toMs === undefined ? '' : `, ${timeOf(fromMs)} to ${timeOf(toMs)}`;
  out.line(paint(out, 'bold', `${observations} observations of ${sessions} sessions${span}`));
  const warn = (count: number, words: string): void => {
    if (count > 0) out.line(paint(out, 'yellow', `  ${count} ${words}`));
  };
  warn(shredded, 'were shredded: no facts of them are left');
  warn(cutSessions, 'sessions began before: what came from there is not known');
  warn(unreadable, 'lines are no observation, and were left out');
  if (!history.complete) out.line(paint(out, 'yellow', '  Not all was looked at.'));
}

function tellRule(out: Output, rule: ReplayedRule): void {
  const { id, level, coverage, hits, hitSessions, funnel, newest, notCovered } = rule;
  const count =
    coverage === 'none'
      ? paint(out, 'yellow', 'not covered')
      : paint(out, hits > 0 ? 'red' : 'green', `${hits} hits in ${hitSessions} sessions`);
  out.line(`${id.padEnd(30)} ${level.padEnd(14)}${count}`);
  if (notCovered.length > 0) out.line(`  not covered: ${notCovered.map(fieldWords).join(', ')}`);
  const reached = funnel.some(({ sessions }) => sessions > 0);
  if (reached) {
    const steps = funnel.map(({ step, sessions }) => `${visible(step)} ${sessions}`);
    out.line(paint(out, 'dim', `  sessions: ${steps.join(' → ')}`));
  }
  tellHits(out, newest, hits);
}

function fieldWords({ field, answered, of }: FieldCoverage): string {
  if (of === 0) return `${field} (nothing to ask)`;
  return answered === 0 ? `${field} anywhere` : `${field} in ${of - answered} of ${of}`;
}

function tellHits(out: Output, newest: readonly ReplayHit[], count: number, sign = ' '): void {
  for (const hit of newest.slice(-HITS_SHOWN)) out.line(`  ${sign} ${hitWords(hit)}`);
  const more = count - Math.min(newest.length, HITS_SHOWN);
  if (more > 0) out.line(`  ${sign} and ${more} more`);
}

const hitWords = ({ atMs, session, path }: ReplayHit): string =>
  `${timeOf(atMs)} ${visible(session)} ${path.map(visible).join(' → ')}`;

function tellDifference(out: Output, difference: ReplayDifference): void {
  const { id, only, both, found, lost, foundCount, lostCount } = difference;
  if (foundCount + lostCount === 0) return;
  const where = only === undefined ? '' : ` (only ${only})`;
  const counts = `${foundCount} newly found, ${lostCount} no longer, ${both} in both`;
  out.line(`${paint(out, 'bold', id)}${where}: ${counts}`);
  tellHits(out, found, foundCount, paint(out, 'green', '+'));
  tellHits(out, lost, lostCount, paint(out, 'red', '-'));
}

const timeOf = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');

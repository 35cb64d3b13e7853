import { LIMITS } from '@spoor/core';
import type { CheckResult, Finding } from '../finding.ts';
import type { Unread } from './analyse.ts';
import { type CheckId, SOURCE_CHECKS } from './checks.ts';
import { findingOf, masked, plain } from './evidence.ts';
import type { Raw } from './flow/machine.ts';
import { reasonFor } from './suppress.ts';

/** All that was found in a tree. */
export interface Found {
  readonly findings: readonly Raw[];
  readonly looked: ReadonlyMap<CheckId, number>;
  readonly unread: readonly Unread[];
  readonly linesOf: (path: string) => readonly string[];
}

interface Sorted {
  readonly open: ReadonlyMap<CheckId, Finding[]>;
  readonly aside: readonly Finding[];
}

/** A result for each check: passed only where there was something to look at, and all was read. */
export function resultsOf(found: Found): readonly CheckResult[] {
  const { open, aside } = sorted(found);
  const unread = found.unread.map(unreadFinding);
  const special: Partial<Record<CheckId, readonly Finding[]>> = {
    'source-suppressed': aside,
    'source-unread': unread,
  };
  return SOURCE_CHECKS.map((check): CheckResult => {
    const findings = special[check.id] ?? open.get(check.id) ?? [];
    if (findings.length > 0) return { check, status: 'failed', findings: limited(findings) };
    if (special[check.id] !== undefined) return { check, status: 'passed' };
    const looked = found.looked.get(check.id) ?? 0;
    if (looked === 0)
      return { check, status: 'not-tested', why: 'Nothing in this source is of the kind' };
    const missed = unread.length;
    if (missed > 0)
      return { check, status: 'not-tested', why: `${missed} of its files were not looked at` };
    return { check, status: 'passed' };
  });
}

function sorted({ findings, linesOf }: Found): Sorted {
  const open = new Map<CheckId, Finding[]>();
  const aside: Finding[] = [];
  for (const raw of findings.toSorted(byPlace)) {
    const lines = linesOf(raw.path);
    const finding = findingOf(raw, lines);
    const reason = reasonFor(raw, lines);
    if (reason !== undefined) aside.push({ ...finding, what: `${raw.check}: ${masked(reason)}` });
    else open.set(raw.check, [...(open.get(raw.check) ?? []), finding]);
  }
  return { open, aside };
}

const byPlace = (one: Raw, other: Raw): number =>
  compare(one.path, other.path) || one.line - other.line || one.column - other.column;

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

const unreadFinding = ({ path, why }: Unread): Finding => ({
  what: `Not looked at: ${why}`,
  where: plain(path),
  evidence: '',
  reproduce: `Look at ${plain(path)}`,
});

function limited(findings: readonly Finding[]): readonly Finding[] {
  const max = LIMITS.sourceFindingsMax;
  if (findings.length <= max) return findings;
  const [first] = findings as readonly [Finding];
  const more = { ...first, what: `And ${findings.length - max} more`, evidence: '' };
  return [...findings.slice(0, max), more];
}

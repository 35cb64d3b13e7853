import { LIMITS } from '@spoor/core';
import type { Call, Evidence } from '../evidence.ts';
import type { Check, CheckResult, Finding } from '../finding.ts';

/** A check of a server that runs: reads what was gathered and touches nothing. */
export interface DynamicCheck {
  readonly check: Check;
  /** No findings: passed. A text: why it could not be tested. */
  judge(evidence: Evidence): readonly Finding[] | string;
}

export function resultOf({ check, judge }: DynamicCheck, evidence: Evidence): CheckResult {
  const judged = judge(evidence);
  if (typeof judged === 'string') return { check, status: 'not-tested', why: judged };
  if (judged.length === 0) return { check, status: 'passed' };
  const listed = judged.slice(0, LIMITS.scanFindingsMax);
  const more = judged.length - listed.length;
  const findings = listed.map((one) => shown(one, evidence));
  const [first] = findings;
  if (more > 0 && first !== undefined)
    findings[0] = { ...first, what: `${first.what} (and ${more} more findings of this check)` };
  return { check, status: 'failed', findings };
}

/** Ids of traces and spans, which differ each time. */
const IDS = /(?<![0-9a-z])(?:[0-9a-f]{32}|[0-9a-f]{16})(?![0-9a-z])/gi;
const TIMES = /\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?Z?/g;
/** Members by which servers number their own requests. */
const SERIALS = /("?(?:request|correlation|call|process|session)_?id"?\s*[:=]\s*)"?[\w-]+"?/gi;
const ELAPSED = /(?<=\b(?:took|after|in) )\d+(?:\.\d+)? ?ms\b/g;

/** Without what differs from scan to scan, without the owner's secrets, and cut. */
function shown(finding: Finding, { vary }: Evidence): Finding {
  const clean = (text: string): string => {
    const whole = vary.reduce((rest, [from, to]) => rest.replaceAll(from, to), text);
    return whole
      .replace(IDS, (id) => `<${id.length} hexadecimal digits>`)
      .replace(TIMES, '<time>')
      .replace(SERIALS, '$1<id>')
      .replace(ELAPSED, '<n> ms')
      .slice(0, LIMITS.scanEvidenceCharsMax);
  };
  const { what, where, evidence, reproduce } = finding;
  return {
    what: clean(what),
    where: clean(where),
    evidence: clean(evidence),
    reproduce: clean(reproduce),
  };
}

/** One finding for each place, however often it is found there. */
export function oncePerPlace(findings: readonly Finding[]): readonly Finding[] {
  const byPlace = new Map<string, Finding>();
  for (const finding of findings) {
    const key = `${finding.where}\n${finding.what}`;
    if (!byPlace.has(key)) byPlace.set(key, finding);
  }
  return [...byPlace.values()];
}

/** The text around what was found, so that long texts stay readable. */
export function around(text: string, found: string): string {
  const at = text.toLowerCase().indexOf(found.toLowerCase());
  const from = Math.max(0, at - AROUND_CHARS);
  const end = Math.min(text.length, Math.max(at, 0) + found.length + AROUND_CHARS);
  return `${from > 0 ? '…' : ''}${text.slice(from, end)}${end < text.length ? '…' : ''}`;
}

const AROUND_CHARS = 160;

export const reproduceCall = ({ method, params, label }: Call): string =>
  `${label}: send ${method} with ${JSON.stringify(params)}`;

/** Everything that an answer says, headers included. */
export function textOf({ answer }: Call): string {
  switch (answer.status) {
    case 'result':
    case 'error':
    case 'refused': {
      const { http } = answer;
      const headers = Object.entries(http?.headers ?? {}).map((pair) => pair.join(': '));
      return [...headers, answer.text].join('\n');
    }
    default:
      return '';
  }
}

export function hasFailed({ answer }: Call): boolean {
  if (answer.status === 'error' || answer.status === 'refused') return true;
  if (answer.status !== 'result') return false;
  return (answer.result as { readonly isError?: unknown } | null)?.isError === true;
}

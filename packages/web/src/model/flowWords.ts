import { type Cause, type ClassFact, type FlowEdge, flowKindWords } from '@spoor/core';
import { listText } from './words.ts';

/** Where a value stood: a field, and its line in a text of several. */
export function fieldText(field: string): string {
  const [, path, line] = /^(.+):(\d+)$/.exec(field) ?? [];
  return path === undefined ? field : `${path} line ${line}`;
}

/** One data flow as a sentence. */
export function flowSentence(flow: FlowEdge): string {
  const share = Math.round(flow.coverage * 100);
  const what = flow.classes.length > 0 ? ` (${listText(flow.classes)})` : '';
  const asked = flow.inIntent ? '; the prompt holds the same value' : '';
  const odd = flow.instructionLike ? '; it was written like an instruction' : '';
  const source = `“${fieldText(flow.field)}” of ${flow.server} › ${flow.tool}`;
  const to = flow.to === '' ? 'all arguments together' : `“${fieldText(flow.to)}”`;
  const how = `${flowKindWords(flow.kind)}${what}`;
  return `${share} % of ${to} was seen in ${source}${how}${asked}${odd}.`;
}

export const classesText = (classes: readonly ClassFact[]): string =>
  classes.map((fact) => `${fact.class} × ${fact.count.toLocaleString('en')}`).join(', ');

const CAUSE_WORDS: Readonly<Record<Cause['kind'], string>> = {
  user: 'Asked for by the user',
  tool: 'Made within another call',
  server: 'Asked for by a server',
  unknown: 'Not known',
};

const EVIDENCE_WORDS: Readonly<Record<Cause['evidence'], string>> = {
  trace: 'trace parentage says so',
  input: 'it continues an input-required call',
  containment: 'it happened inside an open call on the same connection',
  intent: 'it follows the prompt',
  none: 'nothing shows it',
};

export const causeSentence = (cause: Cause): string =>
  `${CAUSE_WORDS[cause.kind]}: ${EVIDENCE_WORDS[cause.evidence]}.`;

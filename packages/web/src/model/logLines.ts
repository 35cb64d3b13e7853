import type { ContentFacts, Observation } from '@spoor/core';
import { classesText } from './flowWords.ts';
import { nameOf, OUTCOME_WORDS } from './kinds.ts';
import { bytesText } from './words.ts';

/** One message of the log, told by its facts: its content is sealed. */
export interface LogLine {
  readonly key: string;
  readonly observation: Observation;
  readonly sent: boolean;
  readonly atMs: number;
  readonly name: string;
  readonly facts: string;
  /** Content classes that were masked. */
  readonly redacted: string;
}

/** Paths named on one line; the inspector has them all. */
const PATHS_SHOWN_MAX = 6;

export function logLines(observations: readonly Observation[]): readonly LogLine[] {
  return observations.flatMap((observation) => {
    const { facts, time, outcome } = observation;
    const asked: LogLine = {
      key: `${observation.id}>`,
      observation,
      sent: true,
      atMs: time.startMs,
      name: nameOf(observation),
      ...contentWords(facts.request),
    };
    if (outcome === 'pending' || observation.kind === 'intent') return [asked];
    const { errorType = outcome } = observation;
    const reason = errorType === outcome ? '' : ` ${errorType}`;
    const answered: LogLine = {
      key: `${observation.id}<`,
      observation,
      sent: false,
      atMs: time.endMs ?? time.startMs,
      name: `${OUTCOME_WORDS[outcome]}${reason}`,
      ...contentWords(facts.result),
    };
    return [asked, answered];
  });
}

function contentWords(content: ContentFacts | undefined): Pick<LogLine, 'facts' | 'redacted'> {
  if (content === undefined) return { facts: '', redacted: '' };
  const paths = content.paths.slice(0, PATHS_SHOWN_MAX).map((fact) => `${fact.path}: ${fact.type}`);
  const more = content.paths.length > PATHS_SHOWN_MAX ? ', …' : '';
  return {
    facts: `${bytesText(content.bytes)} {${paths.join(', ')}${more}}`,
    redacted: classesText(content.classes),
  };
}

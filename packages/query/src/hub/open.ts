import type { Home } from '@spoor/edge/home';
import type { EvidenceReader } from '../evidence.ts';
import type { TraceReader } from '../reader.ts';
import { HubApi } from './api.ts';
import { HubEvidence } from './evidence.ts';
import { HubTraces } from './traces.ts';

/** The hub of this machine: what it recorded as traces, and what only it knows. */
export interface HubReaders {
  readonly traces: TraceReader;
  readonly evidence: EvidenceReader;
}

/**
 * Asks nothing yet; a hub that is not there, or starts later, is told by each question
 * (HUB_UNREACHABLE).
 */
export function openHubReaders(
  home: Home,
  options: { readonly answerMs?: number } = {},
): HubReaders {
  const hub = new HubApi(home, options.answerMs);
  return { traces: new HubTraces(hub), evidence: new HubEvidence(hub) };
}

import {
  type Alert,
  type Decision,
  type IdentityLevel,
  type Level,
  levelRank,
  type Observation,
  type ObservationKind,
} from '@spoor/core';

/** Severity is always colour, shape and word together. */
export interface SeverityLook {
  readonly word: string;
  readonly shape: string;
  readonly rank: number;
  readonly color: string;
}

export const SEVERITY: Readonly<Record<Level, SeverityLook>> = {
  critical: { word: 'Critical', shape: '◆', rank: 4, color: 'var(--severity-critical)' },
  high: { word: 'High', shape: '▲', rank: 3, color: 'var(--severity-high)' },
  medium: { word: 'Medium', shape: '■', rank: 2, color: 'var(--severity-medium)' },
  low: { word: 'Low', shape: '●', rank: 1, color: 'var(--severity-low)' },
  informational: { word: 'Info', shape: '○', rank: 0, color: 'var(--severity-info)' },
};

export const KIND_WORDS: Readonly<Record<ObservationKind, string>> = {
  'tool.call': 'Tool call',
  'tool.list': 'Tool list',
  'resource.list': 'Resource list',
  'resource.read': 'Resource read',
  'prompt.list': 'Prompt list',
  'prompt.get': 'Prompt',
  'sampling.request': 'Server asks the model',
  'elicitation.request': 'Server asks the user',
  intent: 'Intent',
  decision: 'Decision',
  'llm.call': 'Model call',
  system: 'System',
};

/** What a step is called where only one name fits. */
export function nameOf(observation: Observation): string {
  return observation.tool?.name ?? (observation.method || KIND_WORDS[observation.kind]);
}

export type DecisionTone = 'block' | 'ask' | 'would' | 'allow';

/** The badge of a decision; undefined where a call simply passed. */
export function decisionBadge(
  decision: Decision | undefined,
): { readonly word: string; readonly tone: DecisionTone } | undefined {
  if (decision === undefined) return undefined;
  if (decision.action === 'deny') return { word: 'Denied', tone: 'block' };
  if (decision.action === 'ask') return { word: 'Asks', tone: 'ask' };
  if (decision.action === 'defer') return { word: 'Deferred', tone: 'ask' };
  if (decision.action === 'modify') return { word: 'Modified', tone: 'ask' };
  if (decision.reason.startsWith('approved')) return { word: 'Approved', tone: 'allow' };
  if (decision.wanted !== 'allow') return { word: `Would ${decision.wanted}`, tone: 'would' };
  if (decision.reason === 'allowed-once') return { word: 'Allowed once', tone: 'allow' };
  return undefined;
}

export const OUTCOME_WORDS: Readonly<Record<Observation['outcome'], string>> = {
  pending: 'Running',
  ok: 'OK',
  tool_error: 'Tool error',
  protocol_error: 'Protocol error',
  denied: 'Denied',
  timeout: 'Timed out',
  cancelled: 'Cancelled',
  input_required: 'Needs input',
};

export const STATUS_WORDS: Readonly<Record<Alert['status'], string>> = {
  new: 'New',
  ongoing: 'Ongoing',
  acknowledged: 'Acknowledged',
  resolved: 'Resolved',
  dismissed: 'Dismissed',
};

export const isOpen = (alert: Alert): boolean =>
  alert.status !== 'resolved' && alert.status !== 'dismissed';

/** Worst first, then the newest. */
export const byUrgency = (a: Alert, b: Alert): number =>
  Number(isOpen(b)) - Number(isOpen(a)) ||
  SEVERITY[b.rule.level].rank - SEVERITY[a.rule.level].rank ||
  b.lastMs - a.lastMs;

/** The least proved first; what is about no call stands last. */
export const byProof = (a: Alert, b: Alert): number => rankOf(a) - rankOf(b) || byUrgency(a, b);

const rankOf = ({ detection: { who } }: Alert): number =>
  who === undefined ? Number.MAX_SAFE_INTEGER : levelRank(who.level);

/** What a level says, and no more. */
export const LEVEL_MEANING: Readonly<Record<IdentityLevel, string>> = {
  conflict: 'conflict: what proves it does not hold, or contradicts itself',
  unverified: 'unverified: what the program says of itself, with facts about its process',
  attested: 'attested: a known workload has signed for it',
  verified: 'verified: proved by the token of an issuer, for this very call',
};

import {
  type AlwaysReason,
  alwaysReason,
  type DecisionAction,
  isLabel,
  type Label,
  type Telling,
} from '@spoor/core';
import type { FinishedSpan } from './sdk.ts';

const ERROR = 2;

/** Why a span must be kept, from what its attributes say; undefined for an ordinary one. */
export function reasonOf(span: FinishedSpan): AlwaysReason | undefined {
  const { attributes: has, status } = span;
  const errorType = has['error.type'] ?? has['http.response.status_code'];
  const failed = status.code === ERROR || has['error.type'] !== undefined;
  const telling: Telling = {
    ...decisionOf(has),
    ...(failed && errorType !== undefined ? { errorType: String(errorType) } : {}),
    outcome: failed ? 'protocol_error' : 'ok',
    principal: { level: levelOf(has['mcp.identity.level']) },
    tool: { labels: labelsOf(has['tool.category']) },
  };
  return alwaysReason(telling, 0);
}

type Attributes = FinishedSpan['attributes'];

function decisionOf(has: Attributes): Pick<Telling, 'decision'> {
  const action = has['spoor.decision.action'] ?? has['gen_ai.guardrail.action.type'];
  const wanted = has['spoor.decision.wanted'] ?? has['gen_ai.guardrail.verdict.type'];
  const rule = has['security.policy.rule.id'];
  const denied = has['error.type'] === 'denied';
  if (action === undefined && wanted === undefined && rule === undefined && !denied) return {};
  return {
    decision: {
      action: (denied ? 'deny' : (action ?? 'allow')) as DecisionAction,
      wanted: (wanted ?? 'allow') as DecisionAction,
      rule: typeof rule === 'string' ? rule : '',
    },
  };
}

/** Without a word on identity nothing is proved. */
function levelOf(level: unknown): Telling['principal']['level'] {
  return level === 'verified' || level === 'attested' ? level : 'unverified';
}

const labelsOf = (labels: unknown): readonly Label[] =>
  Array.isArray(labels)
    ? labels.filter((label) => typeof label === 'string' && isLabel(label))
    : [];

import {
  BASELINE_STATES,
  BUDGET_ACTIONS,
  CONTENT_CLASSES,
  LABELS,
  OBSERVATION_KINDS,
  OUTCOMES,
  REFUSALS,
} from '@spoor/core';

/**
 * Where OCSF's API Activity (class 6003), with its security control and trace profiles, has the
 * same. What it has no place for belongs into its `unmapped` object, under our name.
 */
const OCSF: Readonly<Record<string, string>> = {
  method: 'api.operation',
  'server.name': 'api.service.name',
  'server.transport': 'connection_info.protocol_name',
  'tool.name': 'resources[].name',
  'tool.labels': 'resources[].labels[]',
  outcome: 'status',
  'error.type': 'status_code',
  'identity.agent': 'actor.app_name',
  principal: 'actor.user.uid',
  session: 'actor.session.uid',
  trace: 'trace.uid',
  'decision.action': 'action',
  'decision.wanted': 'disposition',
  'decision.rule': 'policy.uid',
};

export const ocsfName = (field: string): string => OCSF[field] ?? `unmapped["${field}"]`;

/** All values that a field can have, where they are few. */
export const VALUES: Readonly<Record<string, readonly string[]>> = {
  kind: OBSERVATION_KINDS,
  era: ['legacy', 'modern', 'unknown'],
  'server.transport': ['stdio', 'http', 'memory', 'unknown'],
  'tool.labels': LABELS,
  outcome: OUTCOMES,
  'cause.kind': ['user', 'tool', 'server', 'unknown'],
  'cause.evidence': ['trace', 'input', 'containment', 'intent', 'none'],
  'trace.refused': REFUSALS,
  'identity.level': ['verified', 'attested', 'unverified', 'conflict'],
  'baseline.state': BASELINE_STATES,
  'spend.action': BUDGET_ACTIONS,
  'intent.covers': ['yes', 'no', 'unknown'],
  'decision.action': ['allow', 'deny', 'modify', 'ask', 'defer'],
  'decision.wanted': ['allow', 'deny', 'modify', 'ask', 'defer'],
  'definition.change': ['new', 'same', 'changed', 'removed'],
  'request.classes': CONTENT_CLASSES,
  'result.classes': CONTENT_CLASSES,
  'flow.labels': LABELS,
  'flow.classes': CONTENT_CLASSES,
};

/** Span attributes that say what a field of the log schema says. */
export const ATTRIBUTE_OF: Readonly<Record<string, string>> = {
  method: 'mcp.method.name',
  'server.name': 'spoor.server.name',
  'tool.name': 'gen_ai.tool.name',
  'tool.labels': 'tool.category',
  'error.type': 'error.type',
  'cause.kind': 'spoor.cause.kind',
  'identity.level': 'mcp.identity.level',
  'identity.agent': 'mcp.identity.agent',
  'identity.evidence': 'mcp.identity.evidence',
  'identity.short': 'mcp.identity.short',
  principal: 'mcp.identity.sub_p',
  session: 'spoor.session.id',
  episode: 'spoor.session.episode',
  'intent.cluster': 'spoor.intent.cluster',
  'intent.covers': 'spoor.intent.covers',
  covered: 'spoor.covered',
  'decision.action': 'spoor.decision.action',
  'decision.wanted': 'spoor.decision.wanted',
  'decision.rule': 'security.policy.rule.id',
  'request.bytes': 'spoor.request.bytes',
  'request.classes': 'spoor.request.classes',
  'result.bytes': 'spoor.result.bytes',
  'result.classes': 'spoor.result.classes',
};

/** A kind of observation, as a method or an operation says it. */
export const KINDS: Readonly<Record<string, readonly [attribute: string, value: string]>> = {
  'tool.call': ['gen_ai.operation.name', 'execute_tool'],
  'tool.list': ['mcp.method.name', 'tools/list'],
  'resource.list': ['mcp.method.name', 'resources/list'],
  'prompt.list': ['mcp.method.name', 'prompts/list'],
  'resource.read': ['mcp.method.name', 'resources/read'],
  'prompt.get': ['mcp.method.name', 'prompts/get'],
  'sampling.request': ['mcp.method.name', 'sampling/createMessage'],
  'elicitation.request': ['mcp.method.name', 'elicitation/create'],
};

/** Why a field stands on no span. */
export function reasonFor(field: string): string {
  if (field.startsWith('flow.')) return 'flows are found by comparing contents; no span has them';
  if (field.endsWith('.text')) return 'spans hold no content';
  if (field === 'keywords') return 'keywords are looked for in every field';
  if (field.endsWith('.digest')) return 'digests of contents are not exported';
  if (field.endsWith('.pii')) return 'spans have the classes found, not their number';
  if (field.startsWith('definition.')) return 'definitions are compared in the hub, not on spans';
  return 'no span attribute says it';
}

/** Attributes with several values, which backends compare in their own ways. */
export const LISTS: ReadonlySet<string> = new Set([
  'tool.category',
  'spoor.request.classes',
  'spoor.result.classes',
  'spoor.detection.rules',
]);

/** Rules that matched, as the hub found them. */
export const DETECTED = 'spoor.detection.rules';

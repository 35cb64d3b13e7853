import type { RuleRef } from '@spoor/core';

/** Not of the rule pack: what it looks at is removed before any rule could see it. */
export const LEAKING_INSTRUMENTATION: RuleRef = {
  id: 'leaking-instrumentation',
  title: 'An instrumentation puts content on spans',
  level: 'medium',
  description:
    'Arguments, results, prompts or error texts stand on the spans of an instrumentation. Spoor has removed them from what it keeps, but whatever else receives these spans has them in plain text.',
  tags: ['owasp-mcp.10'],
  falsePositives: ['The only receiver of these spans is this hub'],
  advice:
    'Switch content off in that instrumentation, or remove the attributes before the spans leave the process; then look for them where they went so far.',
};

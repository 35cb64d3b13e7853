import type { Alert, CallId, CaseId, SessionId } from '@spoor/core';

export const CANARY = 'canary-4242-value';

/** An alert whose server chose its names to do harm where they are shown. */
export function alertOf(more: Partial<Alert> = {}): Alert {
  const session = '01a200ac-fc4b-7825-99f8-9e65d08aef36' as SessionId;
  const rule: Alert['rule'] = {
    id: 'pii-through-code-to-share',
    title: 'Personal data passes through code to an external share',
    level: 'critical',
    description: 'One session reads personal data, runs code, and shares something.',
    tags: ['attack.t1567', 'owasp-mcp.10'],
    falsePositives: [],
    advice: 'Look at what the share would have held.',
  };
  const step = (tool: string, seq: number) => ({
    call: `c${seq}` as CallId,
    seq,
    atMs: 1_800_000_000_000 + seq,
    server: 'crm',
    tool,
    step: 'Reads personal data',
    matched: { 'flow.from': CANARY },
  });
  const evil = '\u001b[31m<!channel> <script>\u202e\u0000@here';
  return {
    id: '01a200ad-0000-7000-8000-000000000001',
    rule,
    session,
    title: `${rule.title}: ${evil} on drive`,
    status: 'new',
    firstMs: 1_800_000_000_000,
    lastMs: 1_800_000_000_002,
    count: 1,
    action: 'deny',
    wanted: 'deny',
    case: 'c-7k738vcgjh' as CaseId,
    ledgerIndex: 88_120,
    leafHash: 'ab'.repeat(32),
    detection: {
      rule,
      seq: 2,
      atMs: 1_800_000_000_002,
      session,
      path: [step('query_customer_pii', 1), step(evil, 2)],
      who: { level: 'unverified', pseudonym: 'a'.repeat(32), agent: 'node', evidence: ['process'] },
      group: { 'session.id': session },
      response: 'deny',
    },
    ...more,
  };
}

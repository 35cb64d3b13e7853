import type { CallId, CaseId, SessionId, SpanId, TraceId } from '../src/ids.ts';
import type { Observation } from '../src/observation.ts';

const CALL = '017f22e2-79b0-7cc3-98c4-dc0c0c07398f' as CallId;
const PARENT = '017f22e2-79b0-7cc3-98c4-dc0c0c073990' as CallId;

/** An observation in which every member is there. */
export const FULL: Observation = {
  id: CALL,
  seq: 7,
  kind: 'tool.call',
  time: { startMs: 1_000, endMs: 1_250, hubMs: 1_001 },
  server: { name: 'crm', transport: 'stdio', definition: '0123456789abcdef' },
  tool: { name: 'query_customer_pii', labels: ['reads-pii'], definition: '0123456789abcdef' },
  resource: 'file:0123456789abcdef',
  method: 'tools/call',
  requestId: '12',
  era: 'modern',
  protocolVersion: '2026-07-28',
  principal: { level: 'unverified', pseudonym: 'aabbccdd', agent: 'claude', evidence: ['process'] },
  session: { id: '017f22e2-79b0-7cc3-98c4-dc0c0c073991' as SessionId, episode: 2 },
  trace: {
    trace: '0af7651916cd43dd8448eb211c80319c' as TraceId,
    span: 'b7ad6b7169203331' as SpanId,
    parent: '00f067aa0ba902b7' as SpanId,
    parentOf: 'client',
    sampled: { keep: true, reason: 'detection' },
  },
  cause: { kind: 'tool', parent: PARENT, evidence: 'containment' },
  intent: { cluster: '0123456789abcdef', covers: 'no' },
  facts: {
    request: {
      bytes: 120,
      depth: 2,
      paths: [
        { path: 'customer', type: 'string', bytes: 9 },
        { path: 'undeclared', type: 'string', bytes: 9 },
      ],
      classes: [{ class: 'pii.email', count: 1 }],
      externalDestinations: 0,
      instructionLike: false,
      hiddenText: false,
      digest: '0123456789abcdef',
      atoms: [{ print: 'fedcba9876543210', kind: 'email', at: 'customer', class: 'pii.email' }],
      projection: '{"customer":"[email]"}',
      truncated: false,
    },
    flows: [
      {
        from: PARENT,
        server: 'files',
        tool: 'read_file',
        field: 'content[0].text',
        to: 'customer',
        coverage: 1,
        labels: ['reads-private', 'reads-untrusted'],
        classes: ['pii.email'],
        instructionLike: true,
        inIntent: false,
      },
    ],
  },
  outcome: 'denied',
  errorType: 'denied',
  decision: {
    action: 'deny',
    wanted: 'deny',
    rule: 'pii-through-code-to-share',
    reason: 'rule',
    case: 'c-bcdfghjkmn' as CaseId,
    mode: 'enforce',
    by: 'hub',
  },
  ledger: { index: 41, leafHash: 'ab'.repeat(32) },
  covered: true,
};

import type {
  Alert,
  AskView,
  CallId,
  FlowEdge,
  HubView,
  LedgerView,
  Observation,
  RuleView,
  SessionDetail,
  SessionId,
  SessionView,
  SpanId,
  TraceId,
} from '@spoor/core';

/** Builders of what the hub answers; every field can be replaced. */

export const SESSION = '01930000-0000-7000-8000-00000000abcd' as SessionId;

export function observation(id: string, more: Partial<Observation> = {}): Observation {
  return {
    id: id as CallId,
    seq: 1,
    kind: 'tool.call',
    time: { startMs: 1_000, endMs: 1_040, hubMs: 1_001 },
    server: { name: 'crm', transport: 'stdio' },
    tool: { name: 'query', labels: ['reads-pii'] },
    method: 'tools/call',
    era: 'modern',
    principal: { level: 'unverified', pseudonym: 'p', agent: 'claude', evidence: ['process'] },
    session: { id: SESSION, episode: 1 },
    trace: {
      trace: '0'.repeat(31).concat('1') as TraceId,
      span: '0'.repeat(15).concat('1') as SpanId,
      sampled: { keep: true, reason: 'base' },
    },
    cause: { kind: 'user', evidence: 'intent' },
    facts: { flows: [] },
    outcome: 'ok',
    covered: true,
    ...more,
  };
}

export const on = (server: string): Pick<Observation, 'server'> => ({
  server: { name: server, transport: 'stdio' },
});

export const flow = (from: string, more: Partial<FlowEdge> = {}): FlowEdge => ({
  from: from as CallId,
  server: 'crm',
  tool: 'query',
  field: 'rows[].email',
  to: 'code',
  coverage: 0.97,
  labels: ['reads-pii'],
  classes: ['pii.email'],
  instructionLike: false,
  inIntent: false,
  ...more,
});

export const session = (more: Partial<SessionView> = {}): SessionView => ({
  id: SESSION,
  agent: 'claude',
  level: 'unverified',
  startMs: 1_000,
  lastMs: 2_000,
  servers: ['crm'],
  calls: 1,
  denied: 0,
  alerts: 0,
  ...more,
});

export const detail = (observations: readonly Observation[]): SessionDetail => ({
  session: session({ calls: observations.length }),
  observations,
  alerts: [],
  partial: false,
});

export const rule = (more: Partial<RuleView> = {}): RuleView => ({
  id: 'data-access-then-egress',
  title: 'Private data is about to leave',
  level: 'high',
  description: 'A private value appears in a call that sends data out.',
  tags: ['attack.t1041'],
  falsePositives: [],
  advice: 'Look at the matched field.',
  path: 'rules/exfiltration/data-access-then-egress.yml',
  response: 'deny',
  mode: 'enforce',
  matches24h: 2,
  source: 'title: Private data\n# why\nlevel: high\n',
  ...more,
});

export function alert(id: string, calls: readonly string[], more: Partial<Alert> = {}): Alert {
  const path = calls.map((call, index) => ({
    call: call as CallId,
    seq: index + 1,
    atMs: 1_000 + index,
    server: index === 0 ? 'crm' : 'drive',
    tool: index === 0 ? 'query' : 'share',
    step: `Step ${index + 1}`,
    matched: { 'tool.labels': 'egress' },
  }));
  return {
    id,
    rule: rule(),
    session: SESSION,
    title: 'Private data is about to leave',
    status: 'new',
    firstMs: 1_000,
    lastMs: 1_000,
    count: 1,
    action: 'deny',
    wanted: 'deny',
    detection: {
      rule: rule(),
      seq: 2,
      atMs: 1_001,
      session: SESSION,
      path,
      group: {},
      response: 'deny',
    },
    ...more,
  };
}

export const hub = (more: Partial<HubView> = {}): HubView => ({
  version: '0.1.0',
  startedMs: 0,
  policy: { mode: 'enforce', rules: {}, servers: {} },
  evidence: 'same-user',
  counts: {},
  calls24h: 14_203,
  rules: 6,
  ruleProblems: 0,
  newestCallMs: Date.now(),
  sealing: true,
  sensors: 1,
  destinations: [],
  ingest: {},
  leaks: [],
  reports: [],
  stops: [],
  ...more,
});

export const ask = (more: Partial<AskView> = {}): AskView => ({
  case: 'c-bcdfghjkmn',
  call: 'a',
  session: SESSION,
  agent: 'claude',
  level: 'unverified',
  server: 'drive',
  tool: 'create_shareable_link',
  labels: ['shares-externally'],
  rule: rule(),
  why: ['Argument content holds what query on crm returned in rows[].email.'],
  digest: 'ab'.repeat(16),
  projection: '{"name":"q3.csv","content":"[pii.email ×3]"}',
  askedMs: Date.now(),
  expiresMs: Date.now() + 60_000,
  ...more,
});

export const ledger = (more: Partial<LedgerView> = {}): LedgerView => ({
  origin: 'spoor.test/log',
  size: 3,
  checkpoint: '',
  verifierKey: '',
  path: '/state/ledger',
  published: true,
  witness: { state: 'off', size: 0, witnesses: [] },
  ...more,
});

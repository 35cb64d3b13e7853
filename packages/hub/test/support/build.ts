import {
  ALLOW,
  type Alert,
  type CallId,
  type ContentFacts,
  type Detection,
  type Observation,
  type Random,
  type SessionId,
  type SpanId,
  type ToolDefinitionFacts,
  type TraceId,
  uuidv7,
} from '@spoor/core';
import type { Hello, Sensed } from '@spoor/edge';
import type { KnownTool } from '../../src/decide/definitions.ts';
import type { Batch } from '../../src/store/store.ts';

/** Bytes that count up: different ids each time, the same ones in each run. */
export function countingRandom(): Random {
  let next = 1;
  return {
    bytes: (length) => {
      const bytes = new Uint8Array(length);
      new DataView(bytes.buffer).setUint32(length - 4, next++);
      return bytes;
    },
  };
}

export const START_MS = 1_790_000_000_000;

const random = countingRandom();

export const newId = (): string => uuidv7(START_MS, random);

export const facts = (part: Partial<ContentFacts> = {}): ContentFacts => ({
  bytes: 10,
  depth: 1,
  paths: [{ path: 'to', type: 'string', bytes: 10 }],
  classes: [],
  externalDestinations: 0,
  instructionLike: false,
  hiddenText: false,
  digest: 'ab'.repeat(16),
  atoms: [{ print: '0123456789abcdef', kind: 'value', at: 'to' }],
  truncated: false,
  ...part,
});

export function observation(seq: number, part: Partial<Observation> = {}): Observation {
  const atMs = START_MS + seq;
  return {
    id: newId() as CallId,
    seq,
    kind: 'tool.call',
    time: { startMs: atMs, hubMs: atMs },
    server: { name: 'crm', transport: 'stdio' },
    tool: { name: 'query', labels: ['reads-pii'] },
    method: 'tools/call',
    era: 'modern',
    principal: { level: 'unverified', pseudonym: 'aa'.repeat(16), agent: 'host', evidence: [] },
    session: { id: SESSION, episode: 1 },
    trace: {
      trace: '1'.repeat(32) as TraceId,
      span: '2'.repeat(16) as SpanId,
      parent: '3'.repeat(16) as SpanId,
      parentOf: 'episode',
      sampled: { keep: true, reason: 'base' },
    },
    cause: { kind: 'unknown', evidence: 'none' },
    facts: { request: facts(), flows: [] },
    outcome: 'pending',
    covered: true,
    ...part,
  };
}

const SESSION = '019a0000-0000-7000-8000-000000000001' as SessionId;
export const OTHER_SESSION = '019a0000-0000-7000-8000-000000000002' as SessionId;

/** The end of a call that began. */
export const ended = (begun: Observation, seq: number): Observation => ({
  ...begun,
  seq,
  outcome: 'ok',
  time: { ...begun.time, endMs: START_MS + seq, hubMs: START_MS + seq },
});

export function detection(call: Observation, rule = 'a-rule'): Detection {
  return {
    rule: {
      id: rule,
      title: `Title of ${rule}`,
      level: 'high',
      description: 'Something happened.',
      tags: [],
      falsePositives: [],
      advice: 'Look at it.',
    },
    seq: call.seq,
    atMs: call.time.hubMs,
    session: call.session.id,
    path: [
      {
        call: call.id,
        seq: call.seq,
        atMs: call.time.hubMs,
        server: call.server.name,
        tool: call.tool?.name ?? '',
        step: 'read',
        matched: {},
      },
    ],
    group: { session: call.session.id },
    response: 'deny',
  };
}

export function alert(call: Observation, part: Partial<Alert> = {}): Alert {
  const found = detection(call);
  return {
    id: newId(),
    rule: found.rule,
    session: call.session.id,
    title: found.rule.title,
    status: 'new',
    firstMs: found.atMs,
    lastMs: found.atMs,
    count: 1,
    action: 'allow',
    wanted: 'deny',
    detection: found,
    ...part,
  };
}

export const denied = (o: Observation, caseId: string): Observation => ({
  ...o,
  outcome: 'denied',
  decision: {
    ...ALLOW,
    action: 'deny',
    wanted: 'deny',
    rule: 'a-rule',
    reason: 'rule',
    case: caseId as NonNullable<NonNullable<Observation['decision']>['case']>,
    mode: 'enforce',
  },
});

export const batch = (...observations: Observation[]): Batch => ({
  observations,
  bindings: [],
  definitions: [],
  norms: [],
});

export const definitionOf = (
  name: string,
  part: Partial<ToolDefinitionFacts> = {},
): ToolDefinitionFacts => ({
  name,
  digest: 'cd'.repeat(16),
  labels: [],
  argumentNames: ['to', 'rows'],
  hiddenText: false,
  instructionLike: false,
  ...part,
});

export const knownTool = (server: string, name: string): KnownTool => ({
  server,
  facts: { ...definitionOf(name), change: 'new' },
  pinned: 'cd'.repeat(16),
  firstMs: START_MS,
  lastMs: START_MS,
});

export function hello(part: Partial<Hello> = {}): Hello {
  return {
    op: 'hello',
    id: 1,
    protocol: 1,
    token: 'secret',
    sensor: { id: newId(), kind: 'wrapper', version: '0.1.0' },
    server: { name: 'crm', transport: 'stdio', process: { pid: 500, start: '5' } },
    host: {
      process: { pid: 100, start: '1' },
      name: 'claude',
      ancestors: [{ pid: 100, start: '1' }],
      uid: 1000,
    },
    ...part,
  };
}

export const sensed = (part: Partial<Sensed> = {}): Sensed => ({
  id: newId(),
  kind: 'tool.call',
  startMs: START_MS,
  tool: 'query',
  method: 'tools/call',
  era: 'modern',
  span: '4'.repeat(16),
  cause: { kind: 'unknown', evidence: 'none' },
  request: facts(),
  outcome: 'pending',
  ...part,
});

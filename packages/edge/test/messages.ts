import {
  CONTENT_CLASSES,
  LABELS,
  OBSERVATION_KINDS,
  OUTCOMES,
  REFUSALS,
  SEALED_PARTS,
  toHex,
} from '@spoor/core';
import fc from 'fast-check';

/** What a sensor may say, as arbitraries. Optional members are there or not. */

const hex = (bytes: number): fc.Arbitrary<string> =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map(toHex);
const text = (charsMax: number, charsMin: number = 0): fc.Arbitrary<string> =>
  fc.string({ minLength: charsMin, maxLength: charsMax });
const uuid = fc.uuid();
const name = text(128, 1);
const digest = hex(16);
const count = fc.nat();
const flag = fc.boolean();
const labels = fc.uniqueArray(fc.constantFrom(...LABELS));
const time = fc.integer({ min: 0, max: 2 ** 48 });

const atom = fc.record(
  {
    print: hex(8),
    kind: fc.constantFrom('value', 'email', 'url', 'host', 'number', 'path', 'token', 'line'),
    at: text(64),
    destination: flag,
    instructionLike: flag,
    class: fc.constantFrom(...CONTENT_CLASSES),
  },
  { requiredKeys: ['print', 'kind', 'at'] },
);

const content = fc.record(
  {
    bytes: count,
    depth: count,
    paths: fc.array(
      fc.record({
        path: text(64),
        type: fc.constantFrom('string', 'number', 'boolean', 'null', 'object', 'array'),
        bytes: count,
      }),
      { maxLength: 3 },
    ),
    classes: fc.array(fc.record({ class: fc.constantFrom(...CONTENT_CLASSES), count }), {
      maxLength: 3,
    }),
    externalDestinations: count,
    destinations: fc.array(hex(8), { maxLength: 3 }),
    usage: fc.record(
      {
        input_tokens: fc.nat({ max: 1_000_000_000 }),
        cost: fc.nat({ max: 1_000_000_000 }),
      },
      { requiredKeys: [] },
    ),
    instructionLike: flag,
    hiddenText: flag,
    digest,
    atoms: fc.array(atom, { maxLength: 4 }),
    projection: text(80),
    truncated: flag,
  },
  {
    requiredKeys: [
      'bytes',
      'depth',
      'paths',
      'classes',
      'externalDestinations',
      'instructionLike',
      'hiddenText',
      'digest',
      'atoms',
      'truncated',
    ],
  },
);

const definitions = fc.record({
  tools: fc.array(
    fc.record({
      name,
      digest,
      labels,
      argumentNames: fc.array(name, { maxLength: 3 }),
      hiddenText: flag,
      instructionLike: flag,
    }),
    { maxLength: 3 },
  ),
  partial: flag,
});

const action = fc.constantFrom('allow', 'deny', 'modify', 'ask', 'defer');
const decidedAlone = fc.record(
  {
    action,
    wanted: action,
    rule: text(64),
    reason: text(32),
    case: fc.stringMatching(/^c-[a-z0-9]{10}$/),
    expiresMs: time,
    mode: fc.constantFrom('observe', 'enforce'),
    by: fc.constant('sensor'),
  },
  { requiredKeys: ['action', 'wanted', 'rule', 'reason', 'mode', 'by'] },
);

const cause = fc.record(
  {
    kind: fc.constantFrom('user', 'tool', 'server', 'unknown'),
    parent: uuid,
    evidence: fc.constantFrom('trace', 'input', 'containment', 'intent', 'none'),
  },
  { requiredKeys: ['kind', 'evidence'] },
);

export const SENSED: fc.Arbitrary<object> = fc.record(
  {
    id: uuid,
    kind: fc.constantFrom(...OBSERVATION_KINDS),
    startMs: time,
    endMs: time,
    tool: name,
    resource: text(64),
    prompt: name,
    method: text(64),
    requestId: text(24),
    era: fc.constantFrom('legacy', 'modern', 'unknown'),
    protocolVersion: text(10),
    span: hex(8),
    traceparent: fc.record({ trace: hex(16), parent: hex(8) }),
    link: fc.record({ trace: hex(16), parent: hex(8) }),
    given: fc.record({ trace: hex(16), parent: hex(8) }),
    sampledHint: fc.boolean(),
    refused: fc.subarray([...REFUSALS]),
    cause,
    request: content,
    result: content,
    definitions,
    cluster: digest,
    outcome: fc.constantFrom(...OUTCOMES),
    errorType: text(32),
    decidedAlone,
  },
  { requiredKeys: ['id', 'kind', 'startMs', 'method', 'era', 'span', 'cause', 'outcome'] },
);

const kek = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/);
const sealed = fc.array(
  fc.record({
    meta: fc.record({
      part: fc.constantFrom(...SEALED_PARTS),
      bytes: count,
      cipher: hex(32),
      commit: hex(32),
      mac: hex(32),
      kek,
    }),
    length: count,
  }),
  { maxLength: 4 },
);

const process = fc.record({ pid: fc.integer({ min: 1 }), start: text(32) });

export const HELLO: fc.Arbitrary<object> = fc.record(
  {
    op: fc.constant('hello'),
    id: count,
    protocol: count,
    token: text(128),
    sensor: fc.record({
      id: uuid,
      kind: fc.constantFrom('wrapper', 'intent'),
      version: text(32),
    }),
    server: fc.record(
      { name, transport: fc.constantFrom('stdio', 'http', 'memory', 'unknown'), process },
      { requiredKeys: ['name', 'transport'] },
    ),
    host: fc.record({
      process,
      name,
      ancestors: fc.array(process, { maxLength: 3 }),
      uid: fc.integer(),
    }),
    mode: fc.constantFrom('observe', 'enforce'),
  },
  { requiredKeys: ['op', 'id', 'protocol', 'token', 'sensor', 'server', 'host'] },
);

export const OBSERVED: fc.Arbitrary<object> = fc.record({
  op: fc.constantFrom('begin', 'end'),
  id: count,
  observation: SENSED,
  sealed,
});

export const REQUEST: fc.Arbitrary<object> = fc
  .oneof(
    HELLO,
    OBSERVED,
    fc.record({ op: fc.constant('key'), id: count, kek }),
    fc.record({ op: fc.constant('lost'), id: count, count }),
  )
  // As it arrives: objects with the usual prototype.
  .map((request) => JSON.parse(JSON.stringify(request)) as object);

import { type CallId, LIMITS } from '@spoor/core';
import { createLabeler } from '@spoor/detect';
import type { Sensed } from '@spoor/edge';
import { describe, expect, test } from 'vitest';
import { Admission, type Connection } from '../../src/decide/admission.ts';
import { Definitions } from '../../src/decide/definitions.ts';
import { Sessions } from '../../src/decide/sessions.ts';
import { identify } from '../../src/identify/process.ts';
import { countingRandom, definitionOf, hello, newId, START_MS, sensed } from '../support/build.ts';

const NOW = START_MS;
const KEY = new Uint8Array(32);

function setUp(around?: ReadonlySet<CallId>) {
  const sessions = new Sessions(countingRandom(), []);
  const definitions = new Definitions(createLabeler([]), []);
  const said = hello();
  const { session } = sessions.resolve(said.host, NOW);
  const connection: Connection = {
    hello: said,
    session,
    principal: identify(said, KEY),
    open: new Set(),
    ...(around === undefined ? {} : { around }),
  };
  const admission = new Admission(definitions, sessions, 41);
  const admit = (part: Partial<Sensed> = {}, nowMs = NOW) =>
    admission.admit(connection, sensed(part), nowMs);
  return { admit, definitions, session };
}

test('gives each observation the next place in the order, on from the store', () => {
  const { admit } = setUp();
  expect([admit().seq, admit().seq, admit().seq]).toEqual([42, 43, 44]);
});

test('knows the tool by its pinned definition', () => {
  const { admit, definitions } = setUp();
  expect(admit().tool).not.toHaveProperty('definition');
  definitions.list('crm', { tools: [definitionOf('query')], partial: false }, NOW);
  expect(admit().tool).toMatchObject({ name: 'query', definition: 'cd'.repeat(16) });
});

test('says what was decided without the hub', () => {
  const { admit } = setUp();
  expect(admit().covered).toBe(true);
  const alone = {
    action: 'allow',
    wanted: 'allow',
    rule: '',
    reason: 'fail-open',
    mode: 'observe',
    by: 'sensor',
  } as const;
  expect(admit({ decidedAlone: alone }).covered).toBe(false);
});

describe('time', () => {
  test('is the sensor’s own within the allowed skew', () => {
    const { admit } = setUp();
    const startMs = NOW - LIMITS.clockSkewMaxMs;
    expect(admit({ startMs, endMs: NOW + 5 }).time).toEqual({
      startMs,
      endMs: NOW + 5,
      hubMs: NOW,
    });
  });

  test.each([
    [0, NOW - LIMITS.clockSkewMaxMs],
    [-1e300, NOW - LIMITS.clockSkewMaxMs],
    [1e300, NOW + LIMITS.clockSkewMaxMs],
  ])('%d is clamped to %d', (stated, kept) => {
    const { time } = setUp().admit({ startMs: stated, endMs: stated });
    expect(time).toEqual({ startMs: kept, endMs: kept, hubMs: NOW });
  });
});

describe('principal', () => {
  test('is never more than unverified on a socket of the user', () => {
    const { principal } = setUp().admit();
    expect(principal).toMatchObject({ level: 'unverified', agent: 'claude' });
    expect(principal.pseudonym).toMatch(/^[0-9a-f]{32}$/);
  });

  test('is the same for the same user and program, under one key', () => {
    const other = hello({ host: { ...hello().host, uid: 1001 } });
    expect(identify(hello(), KEY)).toEqual(identify(hello(), KEY));
    expect(identify(other, KEY).pseudonym).not.toBe(identify(hello(), KEY).pseudonym);
    const otherKey = new Uint8Array(32).fill(1);
    expect(identify(hello(), otherKey).pseudonym).not.toBe(identify(hello(), KEY).pseudonym);
  });
});

describe('cause', () => {
  const call = newId() as CallId;
  const second = newId() as CallId;
  const stated = { kind: 'tool', parent: call, evidence: 'input' } as const;

  test('what the sensor has evidence for stands', () => {
    expect(setUp(new Set([second])).admit({ cause: stated }).cause).toEqual(stated);
  });

  test('below a server with one open call, it is that call', () => {
    expect(setUp(new Set([call])).admit().cause).toEqual({
      kind: 'tool',
      parent: call,
      evidence: 'containment',
    });
  });

  test('below a server with two open calls or none, it is some call', () => {
    const some = { kind: 'tool', evidence: 'containment' };
    expect(setUp(new Set([call, second])).admit().cause).toEqual(some);
    expect(setUp(new Set()).admit().cause).toEqual(some);
  });

  test('is the user where a prompt is known, and unknown before', () => {
    const { admit } = setUp();
    expect(admit().cause).toEqual({ kind: 'unknown', evidence: 'none' });
    admit({ kind: 'intent', cluster: 'abcdef01', outcome: 'ok' });
    expect(admit().cause).toEqual({ kind: 'user', evidence: 'intent' });
    expect(admit().intent?.cluster).toBe('abcdef01');
  });
});

describe('trace', () => {
  test('is the client’s where it brings one', () => {
    const traceparent = { trace: 'a'.repeat(32), parent: 'b'.repeat(16) };
    expect(setUp().admit({ traceparent }).trace).toMatchObject({
      trace: 'a'.repeat(32),
      parent: 'b'.repeat(16),
      parentOf: 'client',
    });
  });

  test('is ours where the client’s is only linked, and keeps the ids that the server got', () => {
    const { admit, session } = setUp();
    const link = { trace: 'a'.repeat(32), parent: 'b'.repeat(16) };
    const given = { trace: 'c'.repeat(32), parent: 'd'.repeat(16) };
    const refused = ['baggage-dropped'] as const;
    expect(admit({ link, given, refused, sampledHint: true }).trace).toMatchObject({
      trace: session.trace,
      parentOf: 'episode',
      link: { trace: 'a'.repeat(32), span: 'b'.repeat(16) },
      given: { trace: 'c'.repeat(32), span: 'd'.repeat(16) },
      refused,
      sampledHint: true,
    });
  });

  test('is that of the episode otherwise, and the next episode has its own', () => {
    const { admit, session } = setUp();
    const { trace, root } = session;
    expect(admit().trace).toMatchObject({ trace, parent: root, parentOf: 'episode' });
    const later = admit({}, NOW + LIMITS.episodeIdleMs + 1);
    expect(later.session.episode).toBe(2);
    expect(later.trace.trace).not.toBe(trace);
  });
});

test('what a gateway says of a token tells clients apart, and proves nothing', () => {
  const claims = { issuer: 'https://login.example.com', subject: 'somebody' };
  const sensor = { id: newId(), kind: 'gateway' as const, version: '0.1.0' };
  const own = identify(hello({ sensor, claims }), KEY);
  expect(own).toMatchObject({ level: 'unverified', evidence: ['claimed-token', 'process'] });
  expect(JSON.stringify(own)).not.toMatch(/somebody|login/);
  const elsewhere = { ...claims, issuer: 'https://other.example.com' };
  const other = identify(hello({ sensor, claims: elsewhere }), KEY);
  expect(other.pseudonym).not.toBe(own.pseudonym);
});

import { LIMITS, OBSERVE } from '@spoor/core';
import type { Begun } from '@spoor/edge';
import { describe, expect, test } from 'vitest';
import { ASK_RULE } from '../../../../test/fixtures/ask-rule.ts';
import { verifies } from '../../../../test/verifies.ts';
import type { Answer } from '../../src/decide/asks.ts';
import { blind } from '../../src/decide/blind.ts';
import { facts, sensed } from '../support/build.ts';
import { afterwards, durable, ENFORCE, SHARE, setUp } from '../support/decisions.ts';

const rule = ASK_RULE;
const share = (digest = 'ab'.repeat(16)) => sensed({ tool: SHARE, request: facts({ digest }) });

const answerTo = (begun: Begun, part: Partial<Answer> = {}): Answer => ({
  case: begun.decision.case ?? '',
  answer: 'approve',
  digest: 'ab'.repeat(16),
  by: 'ui',
  ancestors: [],
  ...part,
});

async function waiting(options: { askTimeoutMs?: number } = {}) {
  const world = setUp(ENFORCE, durable, { rule, ...options });
  const connection = world.connect(7);
  const call = share();
  const begun = await world.decisions.begin(connection, call, []);
  const decided = () => world.pushed.flatMap(({ push }) => (push.kind === 'decided' ? [push] : []));
  return { ...world, connection, call, begun, decided };
}

verifies(
  'ask:waits',
  async () => {
    const { decisions, begun, decided, call, connection } = await waiting();
    expect(begun).toMatchObject({ decision: { action: 'ask' }, waitMs: 60_000 });
    expect(decisions.asks).toMatchObject([{ server: 'crm', tool: SHARE, rule: { level: 'high' } }]);
    const other = await decisions.begin(connection, sensed({ tool: 'list_items' }), []);
    expect(other.decision.action).toBe('allow');
    expect(decided()).toEqual([]);
    await decisions.answer(answerTo(begun));
    expect(decided()).toMatchObject([
      { call: call.id, decision: { action: 'allow', wanted: 'ask', reason: 'approved' } },
    ]);
    expect(decisions.asks).toEqual([]);
  },
  { case: 'in the hub' },
);

verifies(
  'ask:denied',
  async () => {
    const said = await waiting();
    await said.decisions.answer(answerTo(said.begun, { answer: 'deny' }));
    const late = await waiting({ askTimeoutMs: 20 });
    await new Promise((resolve) => setTimeout(resolve, 60));
    const left = await waiting();
    left.decisions.withdraw(left.connection);
    const taken = await waiting();
    taken.decisions.end(taken.connection, { ...taken.call, outcome: 'cancelled' }, []);
    const reasons = [said, late, left, taken].map(({ decided, decisions }) => {
      expect(decisions.asks).toEqual([]);
      return decided().map(({ decision }) => [decision.action, decision.reason]);
    });
    expect(reasons).toEqual([
      [['deny', 'refused']],
      [['deny', 'ask-timeout']],
      [['deny', 'withdrawn']],
      [['deny', 'withdrawn']],
    ]);
  },
  { case: 'in the hub' },
);

verifies(
  'ask:bound',
  async () => {
    const { decisions, begun, decided } = await waiting();
    const refused: readonly [Partial<Answer>, string][] = [
      [{ digest: 'cd'.repeat(16) }, 'CASE_CHANGED'],
      [{ case: 'c-bcdfghjkmn' }, 'CASE_ANSWERED'],
      [{ ancestors: ['9.9', '7.1'], by: 'cli' }, 'APPROVER_NOT_INDEPENDENT'],
    ];
    for (const [part, code] of refused)
      await expect(decisions.answer(answerTo(begun, part))).rejects.toMatchObject({ code });
    expect(decided()).toEqual([]);
    await decisions.answer(answerTo(begun));
    await expect(decisions.answer(answerTo(begun))).rejects.toMatchObject({
      code: 'CASE_ANSWERED',
    });
    expect(decided()).toHaveLength(1);
  },
  { case: 'other arguments, another case, from within, twice' },
);

test('the next equal call asks again', async () => {
  const { decisions, begun, connection } = await waiting();
  await decisions.answer(answerTo(begun));
  const next = await decisions.begin(connection, share(), []);
  expect(next.decision.action).toBe('ask');
});

verifies('ask:recorded', async () => {
  const { decisions, begun, entries, recorded, call, connection } = await waiting();
  await decisions.answer(answerTo(begun, { by: 'cli' }));
  decisions.end(connection, { ...call, outcome: 'ok' }, []);
  await afterwards();
  const said = entries.map(({ kind, decision, detail }) => [kind, decision?.action, detail?.by]);
  expect(said).toEqual([
    ['call.request', 'ask', undefined],
    ['decision', 'ask', undefined],
    ['alert', 'ask', undefined],
    ['decision', 'ask', 'cli'],
    ['decision', 'allow', undefined],
    ['call.result', 'allow', undefined],
  ]);
  const rows = recorded.flatMap(({ observations }) => observations ?? []);
  const digest = blind(rows[0] ?? {}, 'ab'.repeat(16));
  expect(digest).not.toBe('ab'.repeat(16));
  expect(entries[3]?.detail).toMatchObject({ digest, answer: 'approve' });
  expect(entries[0]?.facts).toBe(digest);
  expect(rows.map(({ outcome, decision }) => [outcome, decision?.reason])).toEqual([
    ['pending', 'rule'],
    ['pending', 'approved'],
    ['ok', 'approved'],
  ]);
  const seqs = rows.map(({ seq }) => seq);
  expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
});

verifies(
  'ask:observe',
  async () => {
    const { decisions, connect } = setUp(OBSERVE, durable, { rule });
    const { decision, ...begun } = await decisions.begin(connect(7), share(), []);
    expect(decision).toMatchObject({ action: 'allow', wanted: 'ask' });
    expect(begun).not.toHaveProperty('waitMs');
    expect(decisions.asks).toEqual([]);
  },
  { case: 'in the hub' },
);

test('a rule that denies asks where the policy says so', async () => {
  const denies = rule.replace('response: ask', 'response: deny');
  const firm = setUp(ENFORCE, durable, { rule: denies });
  expect((await firm.decisions.begin(firm.connect(7), share(), [])).decision.action).toBe('deny');
  const policy = { ...ENFORCE, ask: ['sharing-needs-a-person'] };
  const soft = setUp(policy, durable, { rule: denies });
  expect((await soft.decisions.begin(soft.connect(7), share(), [])).decision.action).toBe('ask');
  soft.decisions.withdraw();
});

test('where a host asks its own user, the end of the call says that it was approved', async () => {
  const { decisions, connect, recorded, pushed } = setUp(ENFORCE, durable, { rule });
  const connection = connect(7, { asksInHost: true });
  const call = share();
  const begun = await decisions.begin(connection, call, []);
  expect(begun.decision.action).toBe('ask');
  expect(begun).not.toHaveProperty('waitMs');
  expect(decisions.asks).toEqual([]);
  decisions.end(connect(8), { ...call, outcome: 'ok' }, []);
  decisions.end(connection, { ...call, outcome: 'ok' }, []);
  await afterwards();
  const rows = recorded.flatMap(({ observations }) => observations ?? []);
  const own = rows.filter(({ session }) => session.id === connection.session.id);
  expect(own.map(({ outcome, decision }) => [outcome, decision?.reason])).toEqual([
    ['pending', 'rule'],
    ['pending', 'approved-in-host'],
    ['ok', 'approved-in-host'],
  ]);
  expect(pushed).toEqual([]);
});

describe('more than a person could answer', () => {
  const world = () => setUp(ENFORCE, durable, { rule });

  test('is denied to one session, and others still ask', async () => {
    const { decisions, connect } = world();
    const flooding = connect(7);
    for (let n = 0; n < LIMITS.asksPerSessionMax; n++) await decisions.begin(flooding, share(), []);
    const { decision } = await decisions.begin(flooding, share(), []);
    expect(decision).toMatchObject({ action: 'deny', reason: 'no-approver' });
    expect((await decisions.begin(connect(8), share(), [])).decision.action).toBe('ask');
    decisions.withdraw();
  });

  test('is denied to all', async () => {
    const { decisions, connect } = world();
    for (let n = 0; n < LIMITS.asksMax; n++) await decisions.begin(connect(n + 1), share(), []);
    const { decision } = await decisions.begin(connect(1_000), share(), []);
    expect(decision).toMatchObject({ action: 'deny', reason: 'no-approver' });
    expect(decisions.asks).toHaveLength(LIMITS.asksMax);
    decisions.withdraw();
    expect(decisions.asks).toEqual([]);
  });
});

verifies('elicit:bound', async () => {
  const world = setUp(ENFORCE, durable, {
    rule,
    elicits: ({ hello }) => hello.host.name === 'ide',
  });
  const host = { process: { pid: 7, start: '1' }, name: 'ide', ancestors: [], uid: 1 };
  const trusted = world.connect(7, { host });
  const other = world.connect(8);
  const call = share();
  const begun = await world.decisions.begin(trusted, call, []);
  expect(begun).toMatchObject({ decision: { action: 'ask' }, elicit: true });
  const said = { call: call.id, answer: 'approve', digest: 'ab'.repeat(16) } as const;
  const untrusted = share();
  expect(await world.decisions.begin(other, untrusted, [])).not.toHaveProperty('elicit');
  for (const [connection, part, code] of [
    [other, {}, 'CASE_ANSWERED'],
    [other, { call: untrusted.id }, 'CASE_ANSWERED'],
    [trusted, { digest: 'cd'.repeat(16) }, 'CASE_CHANGED'],
    [trusted, { call: untrusted.id }, 'CASE_ANSWERED'],
  ] as const) {
    const answered = world.decisions.elicited(connection, { ...said, ...part });
    await expect(answered).rejects.toMatchObject({ code });
  }
  expect(await world.decisions.elicited(trusted, said)).toMatchObject({ reason: 'approved' });
  await expect(world.decisions.elicited(trusted, said)).rejects.toMatchObject({
    code: 'CASE_ANSWERED',
  });
  // The next call with other arguments is another question.
  const next = await world.decisions.begin(trusted, share('ef'.repeat(16)), []);
  expect(next.decision.action).toBe('ask');
  world.decisions.withdraw();
});

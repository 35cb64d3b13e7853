// @vitest-environment happy-dom
import { createElement } from 'react';
import { afterEach, describe, expect, it } from 'vitest';
import { RuleDetail } from '../../src/rules/RuleDetail.tsx';
import { rule } from '../fixtures.ts';
import { click, fakeHub, mount, type Sent, unmountAll, until } from '../render.ts';

afterEach(unmountAll);

const POLICY = { '/api/v1/enforce': { mode: 'observe', rules: {}, servers: {} } };
const bodies = (sent: readonly Sent[]): readonly unknown[] =>
  sent.filter(({ method }) => method === 'POST').map(({ body }) => body);

it.each([
  ['Ask', rule({ mode: 'observe' }), { mode: 'enforce', ask: true }],
  ['Enforce', rule({ mode: 'enforce', asks: true }), { mode: 'enforce' }],
  ['Observe', rule({ mode: 'enforce' }), { mode: 'observe' }],
])('%s is one of three answers of a rule that denies', async (word, shown, body) => {
  const sent = fakeHub(POLICY);
  const host = await mount(createElement(RuleDetail, { rule: shown }));
  await click(host, word);
  expect(bodies(sent)).toEqual([{ rule: shown.id, ...body }]);
});

it('says that its calls wait', async () => {
  fakeHub(POLICY);
  const host = await mount(createElement(RuleDetail, { rule: rule({ asks: true }) }));
  await until(host, 'the call waits for a person');
  const pressed = host.querySelector('[aria-pressed="true"]');
  expect(pressed?.textContent).toBe('Ask');
});

it('offers no question where a rule only alerts', async () => {
  fakeHub(POLICY);
  const host = await mount(createElement(RuleDetail, { rule: rule({ response: 'alert' }) }));
  expect(host.textContent).not.toContain('Ask');
});

describe('replay', () => {
  const replayed = {
    history: {
      observations: 40,
      sessions: 3,
      shredded: 0,
      cutSessions: 1,
      unreadable: 0,
      complete: true,
    },
    rules: [
      {
        id: rule().id,
        title: '',
        level: 'high',
        coverage: 'partly',
        notCovered: [{ field: 'flow.coverage', answered: 30, of: 40 }],
        hits: 1,
        hitSessions: 1,
        funnel: [
          { step: 'Reads <b>data</b>', sessions: 3 },
          { step: 'fires', sessions: 1 },
        ],
        newest: [{ seq: 7, atMs: 1, session: 's', call: 'c', path: ['crm/query', 'drive/share'] }],
      },
    ],
  };
  const PATH = '/api/v1/rules/replay';

  it('says first what there was to look at, then how far sessions came, and links the hits', async () => {
    const sent = fakeHub({ [PATH]: replayed });
    const host = await mount(createElement(RuleDetail, { rule: rule() }));
    await click(host, 'Replay the last 7 days');
    await until(host, '40 observations of 3 sessions; 1 session began before');
    expect(host.textContent).toContain('1 hit in 1 session');
    expect(host.textContent).toContain('Could not be answered: flow.coverage in 10 of 40');
    expect(host.textContent).toContain('Reads <b>data</b> 3');
    expect(host.querySelector('a[href="/sessions/s?call=c"]')?.textContent).toContain(
      'drive/share',
    );
    expect(bodies(sent)).toEqual([{ rule: rule().id, fromMs: expect.any(Number) }]);
  });

  it('never shows as nothing what could not be looked at', async () => {
    const [known] = replayed.rules;
    const none = { ...known, coverage: 'none', hits: 0, hitSessions: 0, newest: [] };
    fakeHub({ [PATH]: { ...replayed, rules: [none] } });
    const host = await mount(createElement(RuleDetail, { rule: rule() }));
    await click(host, 'Replay the last 7 days');
    await until(host, 'Not covered');
    expect(host.textContent).not.toContain('0 hits');
  });

  it('says why it could not, and can be cancelled', async () => {
    fakeHub({ [PATH]: 503 });
    const failed = await mount(createElement(RuleDetail, { rule: rule() }));
    await click(failed, 'Replay the last 7 days');
    await until(failed, 'It could not be replayed: The store cannot be read');
    fakeHub({ [PATH]: null });
    const host = await mount(createElement(RuleDetail, { rule: rule() }));
    await click(host, 'Replay the last 7 days');
    await until(host, 'Replaying…');
    await click(host, 'Cancel the replay');
    await until(host, 'Replay the last 7 days');
  });
});

// @vitest-environment happy-dom
import { createElement } from 'react';
import { afterEach, expect, it } from 'vitest';
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

// @vitest-environment happy-dom
import type { CallDetail, CaseId, ContentFacts } from '@spoor/core';
import { createElement } from 'react';
import { afterEach, expect, it, vi } from 'vitest';
import { Inspector } from '../../src/session/Inspector.tsx';
import { flow, observation } from '../fixtures.ts';
import { testLog } from '../log.ts';
import { click, fakeHub, mount, unmountAll, until } from '../render.ts';

afterEach(unmountAll);

const log = testLog(['{"n":0}', '{"n":1}', '{"n":2}']);

const content: ContentFacts = {
  bytes: 48_213,
  depth: 3,
  paths: [{ path: 'code', type: 'string', bytes: 45_900 }],
  classes: [{ class: 'pii.email', count: 214 }],
  externalDestinations: 1,
  instructionLike: false,
  hiddenText: true,
  digest: 'feedbeef',
  atoms: [],
  projection: '{"code":"‹masked›"}',
  truncated: true,
};

const denied = observation('denied', {
  outcome: 'denied',
  facts: { request: content, flows: [flow('read')] },
  decision: {
    action: 'deny',
    wanted: 'deny',
    rule: 'data-access-then-egress',
    reason: 'rule',
    case: 'c-h7kqw3mz9t' as CaseId,
    mode: 'enforce',
    by: 'hub',
  },
});

const entry = {
  index: 1,
  leafHash: log.leafHashes[1] ?? '',
  kind: 'call.asked',
  leaf: log.leaves[1] ?? '',
  state: 'published' as const,
};
const call: CallDetail = { observation: denied, ledger: [entry], alerts: [] };
const all = [observation('read'), denied];

async function open(detail: CallDetail, onCall: (id: string) => void = () => {}) {
  fakeHub({ ...log.answers, '/api/v1/calls/denied': detail });
  const host = await mount(createElement(Inspector, { id: 'denied', all, onCall }));
  await until(host, 'Ledger');
  return host;
}

it('tells what is known of a call, and how it is known', async () => {
  const host = await open(call);
  for (const words of [
    '97 % of “code” was seen in “rows[].email” of crm › query (pii.email).',
    '48.2 KB, 1 field',
    'pii.email × 214',
    '1 outside this machine',
    'only its beginning',
    'feedbeef',
    '"code": "‹masked›"',
    'spoor why c-h7kqw3mz9t',
    'Asked for by the user: it follows the prompt.',
    'unverified',
  ]) {
    expect(host.textContent).toContain(words);
  }
});

it('leads to the step that data came from', async () => {
  const onCall = vi.fn();
  await click(await open(call, onCall), 'Step 1');
  expect(onCall).toHaveBeenCalledWith('read');
});

it('shows how far an entry has come', async () => {
  const host = await open(call);
  const done = [...host.querySelectorAll('li[data-done="true"]')].map((step) => step.textContent);
  expect(done).toEqual(['sequenced', 'integrated', 'published']);
});

it('verifies an entry here, and gives the line that repeats it', async () => {
  const host = await open(call);
  await click(host, 'Verify');
  await until(host, 'Included: these bytes are in the log of 3 entries');
  expect(host.textContent).toContain('spoor ledger show 1 --dir /state/ledger');
});

it('says plainly that an entry does not fit', async () => {
  const host = await open({ ...call, ledger: [{ ...entry, leaf: '{"n":7}' }] });
  await click(host, 'Verify');
  await until(host, 'Broken: the entry does not have the hash that the call claims.');
});

// @vitest-environment happy-dom
import { createElement } from 'react';
import { afterEach, expect, it } from 'vitest';
import { AuditScreen } from '../../src/audit/AuditScreen.tsx';
import { testLog } from '../log.ts';
import { click, fakeHub, mount, unmountAll, until } from '../render.ts';

afterEach(unmountAll);

const log = testLog(['{"n":0}', '{"n":1}', '{"n":2}']);
const START = 'Verify the whole log here';

it('verifies the log in the page, and is itself a witness the second time', async () => {
  fakeHub(log.answers);
  const host = await mount(createElement(AuditScreen), '/audit');
  await until(host, 'Not verified yet');
  await click(host, START);
  await until(host, 'Verified (unwitnessed): 3 entries');
  await click(host, 'Verify again');
  await until(host, 'Verified: 3 entries');
  expect(host.textContent).toContain('spoor ledger verify --dir /state/ledger');
});

it('finds a changed entry and says which', async () => {
  const path = '/ledger/tile/entries/000.p/3';
  const bytes = (log.answers[path] as Uint8Array).slice();
  bytes[bytes.length - 2] = 0x39;
  fakeHub({ ...log.answers, [path]: bytes });
  const host = await mount(createElement(AuditScreen), '/audit');
  await until(host, 'Not verified yet');
  await click(host, START);
  await until(host, /Broken at entry 2/);
});

it('finds a log that was cut since this browser verified it', async () => {
  fakeHub(log.answers);
  const host = await mount(createElement(AuditScreen), '/audit');
  await until(host, 'Not verified yet');
  await click(host, START);
  await until(host, 'Verified (unwitnessed)');
  fakeHub(testLog(log.leaves.slice(0, 2)).answers);
  await click(host, 'Verify again');
  await until(host, 'Cut: 2 of 3 entries');
});

it('does not blame the log when it could not look', async () => {
  fakeHub({ ...log.answers, '/ledger/checkpoint': 503 });
  const host = await mount(createElement(AuditScreen), '/audit');
  await until(host, 'Not verified yet');
  await click(host, START);
  await until(host, 'Could not look');
  expect(host.textContent).toContain('This says nothing about the log');
});

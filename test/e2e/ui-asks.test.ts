import axe, { type AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { verifies } from '../verifies.ts';
import { type Answer, type Connected, connect, SERVERS } from './host.ts';
import { THEMES, type Visitor } from './ui/browser.ts';
import { describeUi, Stage } from './ui/stage.ts';

let visitor: Visitor;
let page: Page;
let drive: Connected;
let share: () => Promise<Answer>;

const stage = new Stage(async ({ world }) => {
  for (const rule of ['data-access-then-egress', 'pii-through-code-to-share'])
    expect(world.call('enforce', 'ask', '--rule', rule).code).toBe(0);
  const crm = await connect(world, 'crm', SERVERS.crm());
  drive = await connect(world, 'drive', SERVERS.drive());
  const customers = await crm.call('query_customer_pii', {});
  const content = JSON.stringify(customers.data.customers);
  share = () => drive.call('create_shareable_link', { name: 'customers.json', content });
  visitor = await stage.visitor();
  page = visitor.page;
});

const banner = () => page.getByText(/1 call waits for you: create_shareable_link on drive/);

describeUi('a call that waits', () => {
  verifies(
    'ui:asks',
    async () => {
      await page.goto(new URL('/audit', page.url()).href);
      await page.getByText('Repeat it without this page').waitFor();
      const shared = share();
      await banner().waitFor();
      await page.getByRole('link', { name: 'Look and answer' }).click();
      await page.getByRole('button', { name: 'create_shareable_link on drive' }).waitFor();
      await page.getByText('data-access-then-egress').first().waitFor();
      await page.getByRole('button', { name: 'Approve', exact: true }).click();
      await page.getByText('Approved; the call goes on').waitFor();
      expect((await shared).isError).toBe(false);
      await page.getByRole('heading', { name: 'No call waits for you' }).waitFor();
      visitor.expectQuiet();
    },
    { case: 'is seen from another screen and approved', timeoutMs: 40_000 },
  );

  verifies(
    'ui:asks',
    async () => {
      await page.goto(new URL('/', page.url()).href);
      await page.getByRole('row', { name: /crm/ }).waitFor();
      const shared = share();
      await banner().waitFor();
      for (const key of ['g', 'w']) await page.keyboard.press(key);
      await page.getByRole('button', { name: 'Deny', exact: true }).waitFor();
      for (const key of ['j', 'D']) await page.keyboard.press(key);
      expect((await shared).isError).toBe(true);
      await page.getByRole('heading', { name: 'No call waits for you' }).waitFor();
      visitor.expectQuiet();
    },
    { case: 'is denied by keyboard alone', timeoutMs: 40_000 },
  );

  verifies(
    'ui:asks',
    async () => {
      const shared = share();
      await banner()
        .or(page.getByRole('button', { name: 'Approve', exact: true }))
        .first()
        .waitFor();
      for (const colorScheme of THEMES) {
        await page.emulateMedia({ colorScheme });
        for (const path of ['/asks', '/inventory']) {
          await page.goto(new URL(path, page.url()).href);
          await page.getByText('create_shareable_link').first().waitFor();
          if (path === '/inventory') await banner().waitFor();
          await page.evaluate(axe.source);
          const found = await page.evaluate("axe.run({ resultTypes: ['violations'] })");
          const bad = (found as AxeResults).violations.filter(
            ({ impact }) => impact === 'serious' || impact === 'critical',
          );
          expect([path, bad.map(({ id, nodes }) => [id, nodes[0]?.html])]).toEqual([path, []]);
          const { SPOOR_SHOTS } = process.env;
          const name = `${SPOOR_SHOTS}${path}-${colorScheme}.png`;
          if (SPOOR_SHOTS !== undefined) await page.screenshot({ path: name });
        }
      }
      await page.goto(new URL('/asks', page.url()).href);
      await page.getByRole('button', { name: 'Deny', exact: true }).click();
      expect((await shared).isError).toBe(true);
      visitor.expectQuiet();
    },
    { case: 'trips nobody up, in both themes', timeoutMs: 40_000 },
  );
});

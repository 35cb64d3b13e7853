import type { Alert, Page as Rows, RulesView } from '@spoor/core';
import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { verifies } from '../verifies.ts';
import { until } from './support.ts';
import type { Visitor } from './ui/browser.ts';
import { describeUi, Stage } from './ui/stage.ts';

let visitor: Visitor;
let page: Page;

const stage = new Stage(async () => {
  await stage.play('chain');
  await stage.play('ordinary');
  visitor = await stage.visitor();
  page = visitor.page;
});

const go = (screen: string): Promise<void> =>
  page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: screen }).click();
const openChain = async (): Promise<void> => {
  await go('Sessions');
  await page.getByRole('row', { name: /overview of my customers/ }).click();
  await page.getByRole('group', { name: /create_shareable_link on drive/ }).waitFor();
};
const critical = async (): Promise<Alert> => {
  const { rows } = await stage.world.api<Rows<Alert>>('alerts?status=all');
  const [alert] = rows.filter(({ rule }) => rule.level === 'critical');
  if (alert === undefined) throw new Error('the chain raised no critical alert');
  return alert;
};

describeUi('the UI', () => {
  test('opens by a link that works once and leaves no code behind', async () => {
    const link = stage.link();
    const [first, second] = [await stage.stranger(), await stage.stranger()];
    await first.page.goto(link);
    await first.page.getByRole('table', { name: /^Sessions/ }).waitFor();
    expect(first.page.url()).not.toContain('code');
    await first.page.reload();
    await first.page.getByRole('table', { name: /^Sessions/ }).waitFor();
    first.expectQuiet();
    await second.page.goto(link);
    await second.page.getByRole('heading', { name: /Open the link/ }).waitFor();
    expect(await second.page.getByRole('navigation').count()).toBe(0);
    expect(second.page.url()).not.toContain('code');
    second.expectQuiet(/ 401 /);
    await Promise.all([first.leave(), second.leave()]);
  });

  test('lists sessions with who, why and how bad', async () => {
    await go('Sessions');
    const row = page.getByRole('row', { name: /overview of my customers/ });
    expect(await row.textContent()).toMatch(/Critical.*node.*unverified.*8.*1/);
    expect(await page.getByRole('row').count()).toBe(3);
    visitor.expectQuiet();
  });
});

describeUi('a session', () => {
  verifies('ui:graph', async () => {
    await openChain();
    const graph = page.getByRole('region', { name: /^Session graph/ });
    for (const lane of ['crm', 'sandbox', 'drive', 'memory'])
      await graph.getByText(lane, { exact: true }).waitFor();
    const step = (name: string): Locator => graph.getByRole('group', { name });
    const denied = step('create_shareable_link on drive, Denied');
    await denied.getByText('Denied').waitFor();
    await page.getByRole('button', { name: /Critical Personal data/ }).click();
    const path = ['query_customer_pii on crm', 'code_interpreter on sandbox', 'shareable_link'];
    for (const [at, name] of path.entries())
      await step(name)
        .getByText(String(at + 1), { exact: true })
        .waitFor();
    expect(page.url()).toContain((await critical()).id);
    visitor.expectQuiet();
  });

  test('shows the same steps as a table', async () => {
    await openChain();
    const drawn = await page.getByRole('group', { name: /^Step \d+:/ }).count();
    await page.keyboard.press('v');
    const table = page.getByRole('table', { name: /steps/i });
    await table.waitFor();
    // One row is the head of the table.
    expect(await table.getByRole('row').count()).toBe(drawn + 1);
    expect(await table.getByRole('row', { name: /create_shareable_link/ }).textContent()).toMatch(
      /drive.*#\d+, #\d+.*Denied/,
    );
    visitor.expectQuiet();
  });

  verifies('ui:verify', async () => {
    await openChain();
    await page.getByRole('group', { name: /create_shareable_link on drive/ }).click();
    const { case: caseId = '' } = await critical();
    const inspector = page.getByRole('complementary', { name: 'Inspector' });
    await inspector.getByText(`spoor why ${caseId}`).waitFor();
    expect(await inspector.textContent()).toMatch(/node.{0,20}unverified/);
    await inspector.getByRole('button', { name: 'Verify' }).first().click();
    await inspector.getByText(/^Included: these bytes are in the log/).waitFor();
    const line = await inspector.getByText(/^spoor ledger verify --dir/).textContent();
    const results = (line ?? '')
      .split('; ')
      .map((one) => stage.world.call(...one.split(' ').slice(1)));
    // Nobody else vouches for the length of this log yet.
    expect(results.map(({ code }) => code)).toEqual([4, 0]);
    expect(stage.world.call('why', caseId).stdout).toContain('create_shareable_link');
    visitor.expectQuiet();
  });
});

describeUi('alerts', () => {
  test('shows an alert with its evidence; acknowledging can be undone', async () => {
    const { id } = await critical();
    await go('Alerts');
    await page.getByRole('link', { name: /Critical/ }).click();
    const evidence = page.getByRole('article', { name: 'Evidence' });
    await evidence.getByRole('listitem').nth(2).waitFor();
    const strip = await evidence.getByRole('listitem').allTextContents();
    expect(strip).toEqual([
      expect.stringMatching(/^1crm › query_customer_pii.*tool.labels: .*reads-pii/),
      expect.stringMatching(/^2sandbox › code_interpreter.*executes-code/),
      expect.stringMatching(/^3drive › create_shareable_link.*shares-externally/),
    ]);
    const status = (): Promise<string> =>
      stage.world.api<Alert>(`alerts/${id}`).then((alert) => alert.status);
    await evidence.getByRole('button', { name: 'Acknowledge' }).click();
    await evidence.getByText('Acknowledged').waitFor();
    await until(status, (now) => now === 'acknowledged');
    await page.getByRole('button', { name: 'Undo' }).click();
    await evidence.getByText('New', { exact: true }).waitFor();
    await until(status, (now) => now === 'new');
    visitor.expectQuiet();
  });

  test('dismisses an alert for a reason only', async () => {
    const { id } = await critical();
    await page.goto(new URL(`/alerts/${id}`, page.url()).href);
    await page.getByRole('button', { name: 'Dismiss…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Dismiss the alert' });
    const dismiss = dialog.getByRole('button', { name: 'Dismiss' });
    expect(await dismiss.isDisabled()).toBe(true);
    await dialog.getByLabel(/^Test:/).check();
    await dismiss.click();
    await page.getByText('because: test').waitFor();
    await page.getByRole('button', { name: 'Reopen' }).click();
    await page.getByRole('button', { name: 'Acknowledge' }).waitFor();
    visitor.expectQuiet();
  });
});

describeUi('rules, inventory and audit', () => {
  test('lists the rule pack and switches whether a rule is enforced', async () => {
    const { rules, builtIn } = await stage.world.api<RulesView>('rules');
    await go('Rules');
    const list = page.getByRole('navigation', { name: 'Rules' });
    await list.getByRole('link').first().waitFor();
    expect(await list.getByRole('link').count()).toBe(rules.length + builtIn.length);
    await list.getByRole('link', { name: /unwrapped-server/ }).click();
    await page.getByText(/^Built in: Spoor raises it itself/).waitFor();
    expect(await page.getByRole('group', { name: /Mode of this rule/ }).count()).toBe(0);
    await list.getByRole('link', { name: /pii-through-code-to-share/ }).click();
    await page.getByText('temporal_ordered').waitFor();
    const mode = async (): Promise<string | undefined> => {
      const view = await stage.world.api<RulesView>('rules');
      return view.rules.find(({ id }) => id === 'pii-through-code-to-share')?.mode;
    };
    const toggle = page.getByRole('group', { name: /Mode of this rule/ });
    await toggle.getByRole('button', { name: 'Observe' }).click();
    await until(mode, (now) => now === 'observe');
    // A toast of an earlier change may still be there.
    const toast = page.getByRole('status').filter({ hasText: 'Denials are only shown now' });
    await toast.getByRole('button', { name: 'Undo' }).click();
    await until(mode, (now) => now === 'enforce');
    visitor.expectQuiet();
  });

  test('shows servers, tools and their labels', async () => {
    await go('Inventory');
    const row = page.getByRole('row', { name: /create_shareable_link/ });
    expect(await row.textContent()).toMatch(/egress.*shares-externally/);
    await row.getByRole('button').click();
    await page.getByText('"inputSchema"').waitFor();
    visitor.expectQuiet();
  });

  test('verifies the whole log in the browser', async () => {
    await go('Audit');
    await page.getByRole('button', { name: /^Verify/ }).click();
    await page.getByRole('heading', { name: /^Verified \(unwitnessed\): \d+ entries/ }).waitFor();
    await page.getByRole('button', { name: 'Verify again' }).click();
    await page.getByRole('heading', { name: /^Verified: \d+ entries/ }).waitFor();
    visitor.expectQuiet();
  });
});

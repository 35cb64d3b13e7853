import type { Alert, Page as Rows } from '@spoor/core';
import axe, { type AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { until } from './support.ts';
import { THEMES, type Visitor } from './ui/browser.ts';
import { describeUi, Stage } from './ui/stage.ts';

let visitor: Visitor;
let page: Page;

const stage = new Stage(async () => {
  await stage.play('chain');
  visitor = await stage.visitor();
  page = visitor.page;
});

/** What a person who cannot see, point or tell colours apart would stumble over. */
async function stumblingBlocks(): Promise<readonly string[]> {
  if (await page.evaluate(() => !('axe' in globalThis))) await page.evaluate(axe.source);
  const found = await page.evaluate("axe.run({ resultTypes: ['violations'] })");
  return (found as AxeResults).violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
}

/** Every screen as somebody would have it open, and what shows that it is there. */
const screens = ({ id, session, case: caseId, detection }: Alert): [string, string][] => [
  ['/', 'unverified'],
  [`/sessions/${session}`, 'query_customer_pii'],
  [`/sessions/${session}?alert=${id}`, 'query_customer_pii'],
  [`/sessions/${session}?view=steps&call=${detection.path.at(-1)?.call}`, `spoor why ${caseId}`],
  [`/sessions/${session}?view=log`, 'query_customer_pii'],
  [`/alerts/${id}`, 'What Spoor did'],
  ['/alerts?filter=server:nobody', 'Nothing matches the filter'],
  ['/rules/pii-through-code-to-share', 'temporal_ordered'],
  ['/inventory', 'create_shareable_link'],
  ['/audit', 'Repeat it without this page'],
  ['/nowhere', 'There is no such page'],
];

describeUi('people with other senses and hands', () => {
  test.each(THEMES)('stumble over nothing in the %s theme', async (colorScheme) => {
    const { rows } = await stage.world.api<Rows<Alert>>('alerts?status=all');
    const [alert] = rows.filter(({ rule }) => rule.level === 'critical');
    if (alert === undefined) throw new Error('the chain raised no critical alert');
    await page.emulateMedia({ colorScheme });
    for (const [path, sign] of screens(alert)) {
      await page.goto(new URL(path, page.url()).href);
      await page.getByText(sign).first().waitFor();
      expect([path, await stumblingBlocks()]).toEqual([path, []]);
    }
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Shortcuts' }).waitFor();
    expect(await stumblingBlocks()).toEqual([]);
    visitor.expectQuiet();
  });

  test('walk from the sessions to an acknowledged alert by keyboard alone', async () => {
    const press = async (...keys: string[]): Promise<void> => {
      for (const key of keys) await page.keyboard.press(key);
    };
    await page.goto(new URL('/', page.url()).href);
    await page.getByRole('row', { name: /overview of my customers/ }).waitFor();
    await press('j', 'Enter');
    await page.getByRole('group', { name: /create_shareable_link on drive/ }).waitFor();
    await press('x');
    await page
      .getByRole('complementary', { name: 'Inspector' })
      .getByText('Case', { exact: true })
      .waitFor();
    await press('g', 'a');
    await page.getByRole('link', { name: /Critical/ }).waitFor();
    await press('j');
    const evidence = page.getByRole('article', { name: 'Evidence' });
    await evidence.getByRole('button', { name: 'Acknowledge' }).waitFor();
    await press('e');
    await evidence.getByText('Acknowledged', { exact: true }).waitFor();
    await until(
      () => stage.world.api<Rows<Alert>>('alerts?status=all'),
      ({ rows }) => rows.filter(({ status }) => status === 'acknowledged').length === 1,
    );
    visitor.expectQuiet();
  });
});

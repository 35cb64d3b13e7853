import { once } from 'node:events';
import { join } from 'node:path';
import type { Page as Rows, SessionView } from '@spoor/core';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { verifies } from '../verifies.ts';
import { connect } from './host.ts';
import { FIXTURES, NODE, until, type World } from './support.ts';
import type { Visitor } from './ui/browser.ts';
import { describeUi, Stage } from './ui/stage.ts';

const MARKUP = '<img src=x onerror="globalThis.taken=1">';
const PROMPT = `Show ${MARKUP} and \u202Etxt.exe`;

let visitor: Visitor;
let session: string;

const stage = new Stage(async ({ world }) => {
  await ask(world, PROMPT);
  const server = [NODE, join(FIXTURES, 'hostile-server.ts')];
  const { client, call, close } = await connect(world, 'hostile', server);
  const { tools } = await client.listTools();
  expect(tools).toHaveLength(3);
  for (const { name } of tools) await call(name, { [name]: name });
  await close();
  const { rows } = await until(
    () => world.api<Rows<SessionView>>('sessions'),
    (found) => found.rows[0]?.calls === 3,
  );
  session = `/sessions/${rows[0]?.id}`;
  visitor = await stage.visitor();
});

async function ask(world: World, prompt: string): Promise<void> {
  const intent = world.spoor('intent');
  intent.stdin.end(prompt);
  expect(await once(intent, 'exit')).toEqual([0, null]);
}

/** Characters that reorder, hide or command: no page may hold one as it is. */
const UNSEEN = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u200B\u202A-\u202E\u2066\u{E0041}]/u;

/** Nothing of what the server sent is on the page but as visible text. */
async function expectInert(page: Page): Promise<void> {
  expect(await page.evaluate(() => Reflect.get(globalThis, 'taken'))).toBeUndefined();
  expect(await page.locator('main :is(img, iframe, script, a[href*="evil"])').count()).toBe(0);
  expect(await page.locator('body').textContent()).not.toMatch(UNSEEN);
  visitor.expectQuiet();
}

async function open(path: string): Promise<Page> {
  const { page } = visitor;
  await page.goto(new URL(path, page.url()).href);
  return page;
}

describeUi('text of a hostile server', () => {
  for (const view of ['list', 'graph', 'steps', 'log']) {
    verifies(
      'ui:hostile-text',
      async () => {
        const page = await open(view === 'list' ? '/' : `${session}?view=${view}`);
        await page.getByText('Show <img src=x onerror').first().waitFor();
        await page.getByText('U+202E').first().waitFor();
        await expectInert(page);
      },
      { case: view },
    );
  }

  verifies(
    'ui:hostile-text',
    async () => {
      const page = await open(`${session}?view=steps`);
      const inspector = page.getByRole('complementary', { name: 'Inspector' });
      // The server's names are no plain names: they are shown as digests.
      const calls = page.getByRole('table').getByRole('button', { name: /^~[0-9a-f]{16}$/ });
      await calls.first().waitFor();
      expect(await calls.count()).toBe(3);
      for (const call of await calls.all()) {
        await call.click();
        await inspector.getByText('<img src=x onerror').first().waitFor();
        await inspector.getByText('U+202E').first().waitFor();
        await expectInert(page);
      }
    },
    { case: 'inspector' },
  );

  verifies(
    'ui:hostile-text',
    async () => {
      const page = await open('/inventory');
      const tools = page.getByRole('button', { name: /^~[0-9a-f]{16}$/ });
      await tools.first().waitFor();
      const shown: string[] = [];
      for (const tool of await tools.all()) {
        await tool.click();
        await page.getByText('"description"').first().waitFor();
        shown.push((await page.getByRole('complementary', { name: 'Tool' }).textContent()) ?? '');
        await expectInert(page);
      }
      expect(shown.join()).toContain('<img src=x onerror');
      expect(shown.join()).toContain('U+202E');
    },
    { case: 'inventory' },
  );
});

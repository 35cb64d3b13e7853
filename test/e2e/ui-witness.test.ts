import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LedgerView } from '@spoor/core';
import { expect } from 'vitest';
import { verifies } from '../verifies.ts';
import { firstLine, kill } from './support.ts';
import { THEMES } from './ui/browser.ts';
import { describeUi, Stage } from './ui/stage.ts';

let key = '';

/** A hub with a witness that knows its ledger, by a policy that names it. */
const stage = new Stage(async ({ world }) => {
  // The log's key is made at the first start.
  await kill(stage.hub, 'SIGTERM');
  const folder = join(world.folder, 'witness');
  const log = join(world.state, 'ledger-state', 'log.vkey');
  world.call('witness', 'init', '--dir', folder, '--log', log, '--name', 'w.example/1');
  key = readFileSync(join(folder, 'witness.vkey'), 'utf8').trim();
  const witness = world.spoor('witness', 'run', '--dir', folder, '--listen', '127.0.0.1:0');
  const [, url = ''] = /Witness at (\S+),/.exec(await firstLine(witness)) ?? [];
  const policy = join(world.folder, 'policy');
  writeFileSync(policy, `witness w1 ${key} ${url}/\nquorum w1\n`);
  await stage.openHub('--witness-policy', policy);
  for (;;) {
    const view = await world.api<LedgerView>('ledger');
    if (view.witness.state === 'reached') break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
});

/** A witness of somebody else, who knows nothing of this log. */
const stranger = (): string => {
  const folder = join(stage.world.folder, 'stranger');
  const log = join(stage.world.state, 'ledger-state', 'log.vkey');
  stage.world.call('witness', 'init', '--dir', folder, '--log', log, '--name', 'other.example/w');
  return readFileSync(join(folder, 'witness.vkey'), 'utf8').trim();
};

describeUi('the Audit screen with a witness', () => {
  verifies(
    'witness:page',
    async () => {
      for (const theme of THEMES) {
        const visitor = await stage.visitor(theme);
        const { page } = visitor;
        await page.goto(new URL('/audit', page.url()).href);
        await page.getByRole('button', { name: 'Verify the whole log here' }).click();
        await page.getByRole('heading', { name: /^Verified: \d+ entries/ }).waitFor();
        const found = page.getByRole('list', { name: 'What this page found' });
        const said = /w\.example\/1 \(key from the hub\): vouches for the first \d+ entries, at/;
        await found.getByText(said).waitFor();
        const input = page.getByLabel(/^Key of a witness that you know/);
        await input.fill(key);
        await input.press('Enter');
        await page.getByRole('button', { name: 'Forget' }).waitFor();
        await page.getByRole('button', { name: 'Verify again' }).click();
        await page.getByText('A witness that you know vouches').waitFor();
        await found.getByText(/\(key from you\): vouches/).waitFor();
        const line = (await page.getByText(/^spoor ledger verify --dir/).textContent()) ?? '';
        expect(line).toContain(key);
        const repeated = stage.world.call(...line.split(' ').slice(1));
        expect([repeated.code, repeated.stderr]).toEqual([0, '']);
        visitor.expectQuiet();
        await visitor.leave();
      }
    },
    { case: 'a witness that there is, by the hub and by hand', timeoutMs: 60_000 },
  );

  verifies(
    'witness:page',
    async () => {
      const visitor = await stage.visitor();
      const { page } = visitor;
      await page.goto(new URL('/audit', page.url()).href);
      await page.getByLabel(/^Key of a witness that you know/).fill(stranger());
      await page.getByRole('button', { name: 'Add' }).click();
      await page.getByRole('button', { name: 'Verify the whole log here' }).click();
      await page.getByRole('heading', { name: /^Verified \(unwitnessed\)/ }).waitFor();
      await page.getByText(/other\.example\/w \(key from you\): has not cosigned/).waitFor();
      await page.getByText(/The hub says: A quorum has cosigned/).waitFor();
      const line = (await page.getByText(/^spoor ledger verify --dir/).textContent()) ?? '';
      expect(stage.world.call(...line.split(' ').slice(1)).code).toBe(4);
      visitor.expectQuiet();
      await visitor.leave();
    },
    { case: 'a witness that knows nothing of it', timeoutMs: 60_000 },
  );
});

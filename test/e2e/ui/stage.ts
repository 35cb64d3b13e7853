import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { connect, SERVERS } from '../host.ts';
import { all, EXAMPLES, NODE, type Piped, World } from '../support.ts';
import { CHROMIUM, launch, type Theme, Visitor } from './browser.ts';

/** Tests that need a browser. */
export const describeUi: (name: string, tests: () => void) => void = describe.skipIf(
  CHROMIUM === undefined,
);

/** A real hub and a browser for all tests of a file, and what is played to them. */
export class Stage {
  readonly world: World = new World({}, afterAll);
  #hub: Piped | undefined;
  #browser: Browser | undefined;

  /** @param prepare What all tests of the file need, once hub and browser are there. */
  constructor(prepare: (stage: Stage) => Promise<void>) {
    if (CHROMIUM === undefined) return;
    const { HOME = '' } = CHROMIUM.env;
    afterAll(async () => {
      await this.#browser?.close();
      // A test runner ends its workers without the `exit` that would remove it.
      rmSync(HOME, { recursive: true, force: true, maxRetries: 5 });
    });
    beforeAll(async () => {
      await this.openHub();
      this.#browser = await launch();
      await prepare(this);
    });
  }

  get hub(): Piped {
    if (this.#hub === undefined) throw new Error('the hub has not been started');
    return this.#hub;
  }

  async openHub(...flags: string[]): Promise<void> {
    this.#hub = await this.world.hub('--mode', 'enforce', ...flags);
  }

  /** A new link; it works once. */
  link(): string {
    const { code, stdout, stderr } = this.world.call('ui');
    if (code !== 0) throw new Error(`no link: ${stderr}`);
    return stdout.trim();
  }

  /** A browser that nobody has logged in. */
  async stranger(): Promise<Visitor> {
    if (this.#browser === undefined) throw new Error('the browser has not been started');
    return Visitor.arrive(this.#browser);
  }

  async visitor(theme: Theme = 'light'): Promise<Visitor> {
    if (this.#browser === undefined) throw new Error('the browser has not been started');
    const visitor = await Visitor.arrive(this.#browser, theme);
    await visitor.page.goto(this.link());
    await visitor.page.getByText('Enforcing').waitFor();
    return visitor;
  }

  /** Plays a story of the demo in a process of its own, and so as a session of its own. */
  async play(story: string): Promise<void> {
    const host = join(EXAMPLES, 'demo', 'host.ts');
    const workdir = join(this.world.folder, story);
    const child = this.world.start([NODE, host, '--story', story, '--workdir', workdir]);
    const said = all(child.stderr);
    const [code] = await once(child, 'exit');
    expect([code, await said]).toEqual([0, '']);
  }
}

/** Reads personal data and has it tabulated; `share` is the last call of the chain. */
export async function prepareChain(
  world: World,
): Promise<{ share(): Promise<void>; close(): Promise<void> }> {
  const [crm, sandbox, drive] = await Promise.all([
    connect(world, 'crm', SERVERS.crm()),
    connect(world, 'sandbox', SERVERS.sandbox()),
    connect(world, 'drive', SERVERS.drive()),
  ]);
  const customers = await crm.call('query_customer_pii', {});
  const report = await sandbox.call('code_interpreter', {
    rows: customers.data.customers,
    code: 'take 3; select name,email,iban; format csv',
  });
  return {
    share: async () => {
      const args = { name: 'report.csv', content: report.text };
      expect((await drive.call('create_shareable_link', args)).isError).toBe(true);
    },
    close: async () => {
      await Promise.all([crm, sandbox, drive].map((server) => server.close()));
    },
  };
}

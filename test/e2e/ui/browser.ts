import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';
import { findChromium, type LaunchOptions } from '../../chromium.ts';

/** Undefined on a machine without a browser; said loudly by `findChromium`. */
export const CHROMIUM: LaunchOptions | undefined = await findChromium();

export type Theme = 'light' | 'dark';
export const THEMES: readonly Theme[] = ['light', 'dark'];

/** A person's browser, which notes everything that a quiet and safe page would not do. */
export class Visitor {
  readonly page: Page;
  readonly #context: BrowserContext;
  readonly #problems: string[] = [];

  private constructor(context: BrowserContext, page: Page) {
    this.#context = context;
    this.page = page;
    const note = (what: string): number => this.#problems.push(what);
    page.on('pageerror', (error) => note(`error ${error.message}`));
    page.on('dialog', (dialog) => {
      note(`dialog ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning')
        note(`console ${message.text()}`);
    });
    context.on('request', (request) => {
      const { hostname, href } = new URL(request.url());
      if (hostname !== '127.0.0.1') note(`request ${href.slice(0, 200)}`);
    });
  }

  static async arrive(browser: Browser, theme: Theme = 'light'): Promise<Visitor> {
    const context = await browser.newContext({
      colorScheme: theme,
      reducedMotion: 'reduce',
      viewport: { width: 1440, height: 900 },
    });
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    return new Visitor(context, page);
  }

  /** Nothing was noted since the last time, but what was to be expected. */
  expectQuiet(expected: RegExp = /^never$/): void {
    const problems = this.#problems.splice(0);
    expect(problems.filter((problem) => !expected.test(problem))).toEqual([]);
  }

  async leave(): Promise<void> {
    await this.#context.close();
  }
}

export const launch = (): Promise<Browser> => {
  if (CHROMIUM === undefined) throw new Error('no browser: the tests should not run');
  return chromium.launch(CHROMIUM);
};

/**
 * Plays the demo and takes the pictures of the README: `node scripts/screenshots.ts`. Needs a
 * Chromium and the built UI.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium, type Page } from 'playwright-core';
import { findChromium } from '../test/chromium.ts';

const ROOT = join(import.meta.dirname, '..');
const IMAGES = join(ROOT, 'docs/images');
const VIEWPORT = { width: 1280, height: 640 } as const;
/** Sharp on the screens that most readers have. */
const SCALE = 1.5;

/** Addresses that the demo prints when all stories have been played. */
interface Places {
  readonly UI: string;
  readonly Alert: string;
  readonly Graph: string;
}

function startDemo(): ChildProcess {
  return spawn(process.execPath, ['packages/cli/bin/spoor.mjs', 'demo'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function readPlaces(demo: ChildProcess): Promise<Places> {
  const found = new Map<string, string>();
  if (demo.stdout === null) throw new Error('the demo has no output');
  for await (const line of createInterface({ input: demo.stdout })) {
    const [, name = '', url = ''] = /^(UI|Alert|Graph)\s+(http\S+)/.exec(line) ?? [];
    if (name !== '') found.set(name, url);
    if (found.size === 3) return Object.fromEntries(found) as unknown as Places;
  }
  throw new Error('the demo ended before it had played everything');
}

async function takePictures(page: Page, { UI, Alert, Graph }: Places): Promise<void> {
  const take = (name: string): Promise<Buffer> =>
    page.screenshot({ path: join(IMAGES, `${name}.png`) });
  const alert = Alert.split('/').at(-1);
  await page.goto(UI);
  await page.getByText('Enforcing').waitFor();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.goto(`${Graph}?alert=${alert}`);
    await page.getByRole('group', { name: /: create_shareable_link/ }).waitFor();
    await take(`session-${colorScheme}`);
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto(Alert);
  await page.getByRole('article', { name: 'Evidence' }).waitFor();
  await take('alert');
}

const launch = await findChromium();
if (launch === undefined) throw new Error('the pictures need a Chromium');
mkdirSync(IMAGES, { recursive: true });
const demo = startDemo();
try {
  const places = await readPlaces(demo);
  const browser = await chromium.launch(launch);
  const page = await browser.newPage({ viewport: VIEWPORT, deviceScaleFactor: SCALE });
  await takePictures(page, places);
  await browser.close();
} finally {
  demo.kill('SIGTERM');
}

import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { findChromium } from './chromium.ts';

const folder = mkdtempSync(join(tmpdir(), 'spoor-chromium-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('CHROMIUM names the program', async () => {
  const options = await findChromium({ CHROMIUM: '/opt/browser' });
  expect(options).toMatchObject({ executablePath: '/opt/browser', headless: true });
});

test('a program on the PATH is found, and web security stays on', async () => {
  const program = join(folder, 'chromium');
  writeFileSync(program, '');
  chmodSync(program, 0o755);
  const options = await findChromium({ PATH: folder });
  expect(options?.executablePath).toMatch(/chromium/);
  expect(options?.args).not.toContain('--disable-web-security');
  expect(options?.args).toContain('--disable-background-networking');
});

test('the sandbox is given up for root alone', async () => {
  const options = await findChromium({ CHROMIUM: '/opt/browser' });
  expect(options?.args.includes('--no-sandbox')).toBe(process.getuid?.() === 0);
});

import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** What `chromium.launch` of playwright-core takes. */
export interface LaunchOptions {
  readonly executablePath: string;
  readonly headless: true;
  readonly args: string[];
  readonly env: Record<string, string>;
}

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'] as const;

/** A browser under test talks to the hub alone: no updates, no accounts, no quiet connections. */
const ARGUMENTS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
] as const;

/**
 * Launch options for the Chromium of this machine; `CHROMIUM` names one. Undefined where there is
 * none, said loudly.
 * @throws Error without a Chromium where `SPOOR_REQUIRE_BROWSER=1`, so that a check cannot pass by
 * skipping.
 */
export async function findChromium(
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<LaunchOptions | undefined> {
  const executablePath = env.CHROMIUM || onPath(env.PATH ?? '') || (await fromPackage());
  if (executablePath !== undefined) return launchOptions(executablePath);
  const message = 'No Chromium found: install one, or name it in CHROMIUM. Browser tests are';
  if (env.SPOOR_REQUIRE_BROWSER === '1') throw new Error(`${message} required here.`);
  console.warn(`\n*** ${message} SKIPPED. ***\n`);
  return undefined;
}

function onPath(path: string): string | undefined {
  const folders = ['/usr/bin', ...path.split(delimiter).filter((folder) => folder !== '')];
  const candidates = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return candidates.find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * `@sparticuz/chromium` where somebody has installed it; only its program is used, not its
 * arguments.
 */
async function fromPackage(): Promise<string | undefined> {
  const name = '@sparticuz/chromium';
  try {
    const found = (await import(name)) as { default: { executablePath(): Promise<string> } };
    return await found.default.executablePath();
  } catch {
    return undefined;
  }
}

function launchOptions(executablePath: string): LaunchOptions {
  // Chromium refuses its sandbox to root, and only then is it given up.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const folder = mkdtempSync(join(tmpdir(), 'spoor-chromium-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return {
    executablePath,
    headless: true,
    args: [...ARGUMENTS, ...sandbox],
    env: { PATH: process.env.PATH ?? '', HOME: folder, TMPDIR: folder },
  };
}

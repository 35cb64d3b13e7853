import { constants, existsSync } from 'node:fs';
import { access, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { CodedError } from '@spoor/core';
import { isLauncherName } from '@spoor/edge/clients';
import { type Home, prepareHome } from '@spoor/edge/home';
import { PACKAGE_FOLDER } from '../places.ts';
import { installCopy } from './copy.ts';
import type { Launch } from './edit.ts';
import { type LaunchPlaces, launchModule, launchScript } from './launchscript.ts';

/** Where the launcher lies, and which Spoor it starts. */
export interface Launcher {
  readonly launch: Launch;
  /** Does it start a copy that nothing else changes? */
  readonly copied: boolean;
}

/** Only newer Nodes strip types. */
const RUNS_SOURCES = existsSync(join(PACKAGE_FOLDER, 'src', 'main.ts'));

const isWindows = process.platform === 'win32';

/** How clients will start the launcher; nothing is written. */
export function launcherOf(home: Home, given: string | undefined): Launch {
  if (given !== undefined) return { command: given, args: [] };
  const folder = join(home.folder, 'launcher');
  return isWindows
    ? { command: join(folder, 'node.exe'), args: [join(folder, 'spoor-launch.mjs')] }
    : { command: join(folder, 'spoor-launch'), args: [] };
}

/** Throws LAUNCHER_UNUSABLE. */
export async function installLauncher(home: Home, given: string | undefined): Promise<Launcher> {
  const launch = launcherOf(home, given);
  if (given !== undefined) {
    await checkGiven(given);
    return { launch, copied: false };
  }
  prepareHome(home);
  try {
    const installed = await installCopy(join(home.folder, 'versions'));
    const places: LaunchPlaces = {
      node: installed.node ?? process.execPath,
      main: installed.main,
      home: home.folder,
      config: home.config,
      nodeMin: RUNS_SOURCES ? [24, 0] : [22, 15],
    };
    await mkdir(join(home.folder, 'launcher'), { recursive: true, mode: 0o700 });
    if (isWindows) {
      const [script = ''] = launch.args;
      await replace(launch.command, await readFile(places.node), 0o700);
      await replace(script, launchModule(places), 0o600);
    } else await replace(launch.command, launchScript(places), 0o700);
    return { launch, copied: installed.copied };
  } catch (error) {
    if (error instanceof CodedError) throw error;
    throw new CodedError('LAUNCHER_UNUSABLE', launch.command, error);
  }
}

async function checkGiven(path: string): Promise<void> {
  if (!isAbsolute(path)) throw new CodedError('LAUNCHER_UNUSABLE', `${path} is no absolute path`);
  if (!isLauncherName(path)) {
    throw new CodedError('LAUNCHER_UNUSABLE', `${path} is not called spoor or spoor-launch`);
  }
  await access(path, constants.X_OK).catch((error: unknown) => {
    throw new CodedError('LAUNCHER_UNUSABLE', path, error);
  });
}

/** In one step: a server may be starting at this moment. */
async function replace(path: string, content: string | Uint8Array, mode: number): Promise<void> {
  const old = await readFile(path).catch(() => undefined);
  if (old?.equals(Buffer.from(content)) === true) return;
  await writeFile(`${path}.new`, content, { mode, flush: true });
  await rename(`${path}.new`, path);
}

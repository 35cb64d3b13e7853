import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

export const REVISIONS = ['2025-11-25', '2026-07-28'] as const;

export type Revision = (typeof REVISIONS)[number];

/** Checks of one scenario as `id:status`, sorted: a scenario may make one check several times. */
export type Checks = readonly string[];

export type Outcomes = ReadonlyMap<string, Checks>;

/** A run takes ten seconds; one that hangs has failed and must not hold up the tests. */
const RUN_MS = 400_000;

/** A scenario takes a second or two; what a loaded machine does to one arm is no difference. */
const PATIENCE: readonly string[] = ['--timeout', '120000'];

const REFEREE = createRequire(import.meta.url).resolve(
  '@modelcontextprotocol/conformance/dist/index.js',
);

/** Folders are named `server-<scenario>-<time>`, the time with dashes for colons and dots. */
const RESULT_FOLDER = /^server-(.+)-\d{4}-\d{2}-\d{2}T[\d-]+Z$/;

const runReferee = (args: readonly string[]): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [REFEREE, ...args], {
      stdio: 'ignore',
      timeout: RUN_MS,
      killSignal: 'SIGKILL',
    });
    child.once('error', reject);
    child.once('close', (_code, signal) => {
      // The exit code tells whether checks failed; here only their names and states matter.
      if (signal === null) resolve();
      else reject(new Error(`the conformance suite was ended by ${signal}`));
    });
  });

/** A scenario that threw leaves a folder without checks; that is an outcome like another. */
const THREW: Checks = ['scenario:THREW'];

const checksIn = async (folder: string): Promise<Checks> => {
  const file = join(folder, 'checks.json');
  if (!existsSync(file)) return THREW;
  const checks: { id: string; status: string }[] = JSON.parse(await readFile(file, 'utf8'));
  return checks.map(({ id, status }) => `${id}:${status}`).sort();
};

const run = async (args: readonly string[]): Promise<Outcomes> => {
  const folder = await mkdtemp(join(tmpdir(), 'spoor-conformance-'));
  try {
    await runReferee(['server', ...args, ...PATIENCE, '--output-dir', folder]);
    const outcomes = new Map<string, Checks>();
    for (const name of await readdir(folder)) {
      const scenario = RESULT_FOLDER.exec(name)?.[1];
      if (scenario !== undefined) outcomes.set(scenario, await checksIn(join(folder, name)));
    }
    return outcomes;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** Everything that a revision requires, and what the suite reports without scoring. */
export const runRevision = (url: string, revision: Revision): Promise<Outcomes> =>
  run(['--url', url, '--requirements', revision]);

export const runScenario = async (
  url: string,
  revision: Revision,
  scenario: string,
): Promise<Checks> => {
  const one = ['--scenario', scenario, '--spec-version', revision, '--force'];
  return (await run(['--url', url, ...one])).get(scenario) ?? [];
};

/** A client, named by its whole command line, in one scenario. */
export const runClient = async (
  command: string,
  revision: Revision,
  scenario: string,
): Promise<Checks> => {
  const folder = await mkdtemp(join(tmpdir(), 'spoor-conformance-'));
  try {
    const one = ['--scenario', scenario, '--spec-version', revision, '--force'];
    const words = ['client', '--command', command, ...one, ...PATIENCE];
    await runReferee([...words, '--output-dir', folder]);
    // A scenario with a slash in its name has a folder in a folder.
    const names = await readdir(folder, { recursive: true });
    const file = names.find((name) => basename(name) === 'checks.json');
    return file === undefined ? THREW : await checksIn(join(folder, dirname(file)));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { type LaunchPlaces, launchModule, launchScript } from '../../src/init/launchscript.ts';

/** A Spoor that says how it was started. */
const FAKE = `const { SPOOR_HOME, SPOOR_CONFIG } = process.env;
console.log(JSON.stringify({ words: process.argv.slice(2), SPOOR_HOME, SPOOR_CONFIG }));
process.exit(7);
`;

interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Both forms, in a folder whose name is as awkward as a home folder can be. */
function launchers(change: Partial<LaunchPlaces> = {}): ((...words: string[]) => Ran)[] {
  const folder = mkdtempSync(join(tmpdir(), `spoor it's "$HOME" \`x\` `));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const places: LaunchPlaces = {
    node: process.execPath,
    main: join(folder, 'spoor.mjs'),
    home: join(folder, 'state'),
    config: join(folder, 'config.yaml'),
    nodeMin: [22, 15],
    ...change,
  };
  if (places.main.startsWith(folder)) writeFileSync(places.main, FAKE);
  const script = join(folder, 'spoor-launch');
  writeFileSync(script, launchScript(places));
  chmodSync(script, 0o700);
  writeFileSync(`${script}.mjs`, launchModule(places));
  // Programs with a window have hardly any environment.
  const options = { env: {}, encoding: 'utf8' } as const;
  return [
    (...words) => spawnSync(script, words, options),
    (...words) => spawnSync(process.execPath, [`${script}.mjs`, ...words], options),
  ];
}

const SERVER = [
  'run',
  '--name',
  'a b',
  '--',
  process.execPath,
  '-e',
  'console.log(process.argv)',
  'x y',
];

describe('the launcher', () => {
  test('starts Spoor with its words, home and settings, and ends as it ends', () => {
    for (const launch of launchers()) {
      const { status, stdout } = launch(...SERVER);
      expect(status).toBe(7);
      const { words, SPOOR_HOME, SPOOR_CONFIG } = JSON.parse(stdout) as Record<string, unknown>;
      expect(words).toEqual(SERVER);
      expect(SPOOR_HOME).toMatch(/`x` \w+\/state$/);
      expect(SPOOR_CONFIG).toMatch(/config\.yaml$/);
    }
  });

  verifies(
    'init:spoor-gone',
    () => {
      for (const launch of launchers({ main: '/nowhere/spoor.mjs' })) {
        const { status, stdout, stderr } = launch(...SERVER);
        expect(stdout).toContain("'x y'");
        expect(stdout).not.toContain("'run'");
        expect(stderr).toContain('starts without it');
        expect(status).toBe(0);
      }
    },
    { case: 'the launcher alone' },
  );

  test('without Spoor and without a server there is nothing to start', () => {
    for (const launch of launchers({ main: '/nowhere/spoor.mjs' })) {
      expect(launch('run').status).toBe(127);
    }
  });

  test('takes another Node where its own is gone, or starts the server bare', () => {
    for (const launch of launchers({ node: '/nowhere/node' })) {
      const { status, stdout } = launch(...SERVER);
      expect([0, 7]).toContain(status);
      expect(stdout).toContain('x y');
    }
  });

  test('never takes a Node that is too old', () => {
    const [launch] = launchers({ node: '/nowhere/node', nodeMin: [999, 0] });
    const ran = launch?.(...SERVER);
    expect(ran?.stderr).toContain('starts without it');
    expect(ran?.status).toBe(0);
  });
});

/** Absolute paths that a launcher is made of. */
export interface LaunchPlaces {
  readonly node: string;
  /** `spoor.mjs` of the Spoor to start. */
  readonly main: string;
  readonly home: string;
  readonly config: string;
  /** The oldest Node that will do: major and minor version. */
  readonly nodeMin: readonly [number, number];
}

/**
 * The launcher for systems with a shell. A program with a window has no useful PATH, so everything
 * is named by absolute path. Where Spoor or every Node is gone, the server starts without Spoor:
 * a missing watcher must not break what it watched.
 */
export const launchScript = ({
  node,
  main,
  home,
  config,
  nodeMin: [major, minor],
}: LaunchPlaces): string => `#!/bin/sh
# Written by \`spoor init\`, which also renews it. Starts an MCP server behind Spoor, or bare where
# Spoor is gone.
main=${quoted(main)}
start() {
  SPOOR_HOME=\${SPOOR_HOME:-${quoted(home)}} SPOOR_CONFIG=\${SPOOR_CONFIG:-${quoted(config)}}
  export SPOOR_HOME SPOOR_CONFIG
  exec "$node" "$main" "$@"
}
new_enough='const [a, b] = process.versions.node.split(".").map(Number);
  process.exit(a > ${major} || (a === ${major} && b >= ${minor}) ? 0 : 1)'
if [ -r "$main" ]; then
  node=${quoted(node)}
  if [ -x "$node" ]; then start "$@"; fi
  for node in "$(command -v node)" /usr/local/bin/node /opt/homebrew/bin/node /usr/bin/node; do
    if [ -x "$node" ] && "$node" -e "$new_enough" >/dev/null 2>&1; then start "$@"; fi
  done
fi
while [ $# -gt 0 ] && [ "$1" != -- ]; do shift; done
if [ $# -lt 2 ]; then
  echo "spoor-launch: Spoor is gone, and without it there is nothing to start; run: spoor init" >&2
  exit 127
fi
shift
echo "spoor-launch: Spoor is gone; $1 starts without it. To bring it back, run: spoor init" >&2
exec "$@"
`;

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** The same for Windows, where programs start executables only: run by a Node of its own. */
export const launchModule = ({ node, main, home, config }: LaunchPlaces): string =>
  `// Written by \`spoor init\`, which also renews it. Starts an MCP server behind Spoor, or bare
// where Spoor is gone.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';

const main = ${JSON.stringify(main)};
const node = [${JSON.stringify(node)}, process.execPath].find((path) => existsSync(path));
const words = process.argv.slice(2);
const split = words.indexOf('--');

function bare() {
  const [command, ...args] = split < 0 ? [] : words.slice(split + 1);
  if (command === undefined) {
    console.error('spoor-launch: Spoor is gone, and without it there is nothing to start; run: spoor init');
    process.exit(127);
  }
  console.error(
    \`spoor-launch: Spoor is gone; \${command} starts without it. To bring it back, run: spoor init\`,
  );
  return { command, args, env: process.env };
}

const behindSpoor = () => ({
  command: node,
  args: [main, ...words],
  env: {
    ...process.env,
    SPOOR_HOME: process.env.SPOOR_HOME || ${JSON.stringify(home)},
    SPOOR_CONFIG: process.env.SPOOR_CONFIG || ${JSON.stringify(config)},
  },
});

const { command, args, env } = existsSync(main) ? behindSpoor() : bare();
const child = spawn(command, args, { env, stdio: 'inherit', windowsHide: true });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  console.error(\`spoor-launch: \${error.message}\`);
  process.exit(127);
});
child.on('exit', (code, signal) => process.exit(signal === null ? (code ?? 0) : 1));
`;

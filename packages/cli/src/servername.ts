import { basename } from 'node:path';

/** Programs that run others. */
const RUNNERS: ReadonlySet<string> = new Set([
  'node',
  'npx',
  'npm',
  'python',
  'python3',
  'uv',
  'uvx',
  'bunx',
  'deno',
  'docker',
]);

/** The first word that names something: `npx -y @org/server-files` is `server-files`. */
export function serverName(command: readonly string[]): string {
  const word = command.find(
    (one) => !one.startsWith('-') && !RUNNERS.has(basename(one)) && one !== 'run' && one !== 'exec',
  );
  const parts = (word ?? command[0] ?? 'server')
    .split(/[\\/]/)
    .filter((part) => !/^(index|main|server|dist|src|build)(\.\w+)?$/.test(part));
  return (parts.at(-1) ?? 'server').replace(/@[^@]*$/, '').replace(/\.[cm]?[jt]s$/, '') || 'server';
}

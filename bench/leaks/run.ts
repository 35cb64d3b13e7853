/**
 * `node bench/leaks/run.ts`: plays the same conversation under Spoor and under other
 * instrumentations from npm, each with its default settings, and writes the matrix to LEAKS.md.
 * The others are installed into a folder outside the checkout (`SPOOR_PEERS`, else a temporary
 * one).
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env, execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { ARMS, type ArmName, VERSIONS } from './arms.ts';
import { ALL_FIELDS, type Field } from './fields.ts';
import { installPeers } from './peers.ts';
import type { Played } from './play.ts';

const at = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

function play(arm: ArmName, folder: string): Played {
  const words = [at('play.ts'), arm, folder];
  const { status, stdout } = spawnSync(execPath, words, {
    encoding: 'utf8',
    timeout: 120_000,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`${arm} ended with ${status}`);
  return JSON.parse(stdout) as Played;
}

function cell({ client, server }: Played, field: Field): string {
  const sides = [client.includes(field) ? 'client' : '', server.includes(field) ? 'server' : ''];
  return sides.filter((side) => side !== '').join(', ') || '–';
}

function table(played: ReadonlyMap<ArmName, Played>): string {
  const arms = [...played.keys()];
  const head = `| Field | ${arms.join(' | ')} |\n| --- |${arms.map(() => ' --- |').join('')}`;
  const rows = Object.entries(ALL_FIELDS).map(([field, means]) => {
    const cells = [...played.values()].map((one) => cell(one, field as Field));
    return `| ${means} | ${cells.join(' | ')} |`;
  });
  const sums = [...played.values()].map(
    ({ client, server }) => new Set([...client, ...server]).size,
  );
  const fields = Object.keys(ALL_FIELDS).length;
  return [
    head,
    ...rows,
    `| **fields leaked, of ${fields}** | ${sums.map((sum) => `**${sum}**`).join(' | ')} |`,
  ].join('\n');
}

const folder = env.SPOOR_PEERS ?? mkdtempSync(join(tmpdir(), 'spoor-peers-'));
if (!existsSync(folder)) mkdirSync(folder, { recursive: true });
installPeers(folder);
const played = new Map(
  ARMS.map((arm) => [arm, play(arm, arm === 'spoor' ? at('../..') : folder)] as const),
);
const versions = Object.values(VERSIONS)
  .map((one) => `\`${one}\``)
  .join(', ');
const day = new Date().toISOString().slice(0, 10);
const text = `# What instrumentations leak

${day}. One conversation over stdio, on \`@modelcontextprotocol/sdk\` 1.32.2, with a canary in
each field, once for a client and once for a server; every instrumentation with its default
settings: Spoor's,
${versions}.
A cell names the side whose spans hold the canary, or whose peer got it; \`–\` is none. Sentry's
instruments servers only; OpenInference's makes no spans, it propagates.
Written by \`node bench/leaks/run.ts\`.

${table(played)}
`;
writeFileSync(at('../LEAKS.md'), text);
process.stdout.write(text);

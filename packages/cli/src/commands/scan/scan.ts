import { readFile, writeFile } from 'node:fs/promises';
import { CodedError } from '@spoor/core';
import {
  hasFailed,
  type Report,
  readLock,
  type Scan,
  type ScanTarget,
  SEVERITIES,
  type Severity,
  scan as scanTarget,
  textReport,
  writeLock,
} from '@spoor/scan';
import type { Command, Context } from '../../command.ts';
import { paint } from '../../output.ts';
import { upstreamHeaders } from '../../upstreamflags.ts';
import { VERSION } from '../../version.ts';

export const scan: Command = {
  usage: '[flags] (-- <command> [args…] | <url> | <folder>)',
  summary:
    'Grades how securely an MCP server traces: drives it with canaries and looks where they come out.',
  flags: {
    'allow-destructive': { type: 'boolean', help: 'Call tools that destroy or pay, too' },
    network: { type: 'boolean', help: 'Let the server use the network of this machine' },
    url: {
      type: 'string',
      placeholder: 'U',
      help: 'Where the server that the command starts listens, if it speaks HTTP',
    },
    env: {
      type: 'string',
      placeholder: 'VAR',
      multiple: true,
      help: 'A variable that the server gets from our environment',
    },
    'header-env': {
      type: 'string',
      placeholder: 'NAME=VAR',
      multiple: true,
      help: 'A header for the server, with its value from the environment',
    },
    'bearer-env': { type: 'string', placeholder: 'VAR', help: 'A bearer token, likewise' },
    lock: { type: 'string', placeholder: 'F', help: 'Compare definitions with this lock file' },
    'write-lock': { type: 'string', placeholder: 'F', help: 'Write one' },
    'fail-on': {
      type: 'string',
      placeholder: 'SEVERITY',
      help: 'End with 1 from this severity on: critical, high (default), medium, low, info or never',
    },
    'fail-under': { type: 'string', placeholder: 'N', help: 'End with 1 for a score below this' },
  },
  more: [
    'The server runs in a folder of its own, with a home of its own and, where the system permits, a',
    'network of its own. {workspace} in its arguments is that folder. Give credentials only to servers',
    'that you trust with them.',
    '',
    'Examples:',
    '  spoor scan -- node server.js',
    '  spoor scan -- node files-server.js {workspace}',
    '  spoor scan http://localhost:3000/mcp',
    '',
    'Exit codes: 0 nothing of that severity, 1 findings, 2 usage, 69 no MCP server answers.',
  ].join('\n'),
  run: async (context) => {
    const { flags } = context;
    const failOn = severityOf(flags['fail-on']);
    const under = scoreOf(flags['fail-under']);
    const done = await scanTarget(targetOf(context), {
      scanner: VERSION,
      allowDestructive: flags['allow-destructive'] === true,
      network: flags.network === true,
      env: variablesOf(context),
      headers: headersOf(context),
      ...(await lockOf(flags.lock)),
      onProgress: process.stderr.isTTY === true ? progress : () => {},
    });
    if (process.stderr.isTTY === true) process.stderr.write(CLEAR);
    tell(context, done);
    if (typeof flags['write-lock'] === 'string')
      await writeFile(flags['write-lock'], writeLock(done));
    const { results, score } = done.report;
    const failed = failOn !== undefined && hasFailed(results, failOn);
    return failed || score < under ? 1 : 0;
  },
};

async function lockOf(path: unknown): Promise<{ lock?: ReadonlyMap<string, string> }> {
  if (typeof path !== 'string') return {};
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new CodedError('SCAN_LOCK', path, error);
  });
  return { lock: readLock(text) };
}

const CLEAR = '\r\x1b[2K';
const progress = (text: string): void => void process.stderr.write(`${CLEAR}${text.slice(0, 100)}`);

function tell({ flags, out }: Context, { report }: Scan): void {
  if (flags.json === true) out.json(report satisfies Report);
  else out.line(textReport(report, (style, text) => paint(out, style, text)));
}

function targetOf({ words, rest, flags }: Context): ScanTarget {
  const [word] = words;
  if (words.length > 1 || (word === undefined) === (rest.length === 0))
    throw new CodedError('USAGE', 'a command after --, or a URL, or a folder');
  if (word === undefined) {
    const { url } = flags;
    return { kind: 'command', command: rest, ...(url === undefined ? {} : { url: urlOf(url) }) };
  }
  return /^https?:\/\//.test(word)
    ? { kind: 'url', url: urlOf(word) }
    : { kind: 'source', folder: word };
}

function urlOf(text: unknown): URL {
  const url = typeof text === 'string' && URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url;
  throw new CodedError('USAGE', `no http(s) URL: ${String(text)}`);
}

function severityOf(flag: unknown): Severity | undefined {
  if (flag === 'never') return undefined;
  const severity = SEVERITIES.find((one) => one === (flag ?? 'high'));
  if (severity !== undefined) return severity;
  throw new CodedError('USAGE', `--fail-on ${SEVERITIES.join(', ')} or never`);
}

function scoreOf(flag: unknown): number {
  const score = flag === undefined ? 0 : Number(flag);
  if (Number.isInteger(score) && score >= 0 && score <= 100) return score;
  throw new CodedError('USAGE', '--fail-under takes 0 to 100');
}

function variablesOf({ flags, env }: Context): Record<string, string> {
  const names = typeof flags.env === 'string' ? flags.env.split(',').filter(Boolean) : [];
  return Object.fromEntries(
    names.map((name) => {
      const value = env[name];
      if (value === undefined) throw new CodedError('USAGE', `--env ${name}: it is not set`);
      return [name, value];
    }),
  );
}

function headersOf(context: Context): Record<string, string> {
  const flat = upstreamHeaders(context);
  const pairs = flat.flatMap((name, at) =>
    at % 2 === 0 ? [[name.toLowerCase(), flat[at + 1] ?? '']] : [],
  );
  return Object.fromEntries(pairs);
}

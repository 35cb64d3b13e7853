import { readFile } from 'node:fs/promises';
import { CodedError } from '@spoor/core';
import { readLock, type ScanTarget, SEVERITIES, type Severity } from '@spoor/scan';
import type { Context } from '../../command.ts';
import { upstreamHeaders } from '../../upstreamflags.ts';

/** A command after `--`, a URL or a folder. Throws USAGE. */
export function targetOf({ words, rest, flags }: Context): ScanTarget {
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

/** From which severity on a scan has failed; undefined for none. */
export function severityOf(flag: unknown): Severity | undefined {
  if (flag === 'never') return undefined;
  const severity = SEVERITIES.find((one) => one === (flag ?? 'high'));
  if (severity !== undefined) return severity;
  throw new CodedError('USAGE', `--fail-on ${SEVERITIES.join(', ')} or never`);
}

export function scoreOf(flag: unknown): number {
  const score = flag === undefined ? 0 : Number(flag);
  if (Number.isInteger(score) && score >= 0 && score <= 100) return score;
  throw new CodedError('USAGE', '--fail-under takes 0 to 100');
}

export function variablesOf({ flags, env }: Context): Record<string, string> {
  const names = typeof flags.env === 'string' ? flags.env.split(',').filter(Boolean) : [];
  return Object.fromEntries(
    names.map((name) => {
      const value = env[name];
      if (value === undefined) throw new CodedError('USAGE', `--env ${name}: it is not set`);
      return [name, value];
    }),
  );
}

export function headersOf(context: Context): Record<string, string> {
  const flat = upstreamHeaders(context);
  const names = flat.filter((_, at) => at % 2 === 0);
  return Object.fromEntries(names.map((name, at) => [name.toLowerCase(), flat[2 * at + 1] ?? '']));
}

export async function lockOf(path: unknown): Promise<{ lock?: ReadonlyMap<string, string> }> {
  if (typeof path !== 'string') return {};
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new CodedError('SCAN_LOCK', path, error);
  });
  return { lock: readLock(text) };
}

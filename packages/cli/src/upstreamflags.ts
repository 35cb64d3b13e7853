import { CodedError } from '@spoor/core';
import type { Context } from './command.ts';

type Environment = Context['env'];

/** Where a server elsewhere is. Throws USAGE or HEADER_VALUE; an address may hold a secret. */
export function upstreamUrl({ flags, env }: Context): URL | undefined {
  const { url: given, 'url-env': variable } = flags;
  if (given === undefined && variable === undefined) return undefined;
  if (given !== undefined && variable !== undefined)
    throw new CodedError('USAGE', 'either --url or --url-env');
  const text = typeof variable === 'string' ? variableOf(env, variable) : String(given);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url;
  throw new CodedError('USAGE', `${variable === undefined ? '--url' : variable} is no http(s) URL`);
}

/**
 * Headers for the upstream, as names and values in turn. Values come from the environment, since
 * everybody on a machine may read arguments. Throws USAGE or HEADER_VALUE, which names no value.
 */
export function upstreamHeaders({ flags, env }: Context): string[] {
  const pairs = listOf(flags['header-env']).map((pair) => pairOf(pair));
  const headers = pairs.flatMap(([name, variable]) => [name, headerValue(env, variable)]);
  const bearer = flags['bearer-env'];
  if (typeof bearer === 'string')
    headers.push('Authorization', `Bearer ${headerValue(env, bearer)}`);
  const names = headers.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase());
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) throw new CodedError('USAGE', `the header ${twice} is given twice`);
  return headers;
}

const listOf = (flag: string | boolean | undefined): string[] =>
  typeof flag === 'string' ? flag.split(',').filter(Boolean) : [];

function pairOf(pair: string): readonly [name: string, variable: string] {
  const at = pair.indexOf('=');
  const [name, variable] = [pair.slice(0, Math.max(at, 0)), pair.slice(at + 1)];
  if (!isSettable(name) || variable === '')
    throw new CodedError('USAGE', `--header-env ${name || pair}: expected NAME=VARIABLE`);
  return [name, variable];
}

const OWN =
  /^(host|connection|content-.*|transfer-encoding|te|trailer|upgrade|expect|accept(-encoding)?|mcp-.*|last-event-id|proxy-.*)$/i;

/** May the user set it? Others are the protocol's own, and two of one would tell two stories. */
export const isSettable = (name: string): boolean =>
  /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}$/.test(name) && !OWN.test(name);

function headerValue(env: Environment, variable: string): string {
  const value = variableOf(env, variable).trim();
  if (/^[\t -~\u0080-\u00ff]+$/.test(value)) return value;
  throw new CodedError('HEADER_VALUE', `${variable} holds what a header cannot`);
}

function variableOf(env: Environment, variable: string): string {
  const value = env[variable];
  if (value !== undefined && value !== '') return value;
  throw new CodedError('HEADER_VALUE', `${variable} is not set`);
}

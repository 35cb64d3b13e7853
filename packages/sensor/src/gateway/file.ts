import {
  CONTEXT_POLICIES,
  CodedError,
  type ContextPolicy,
  isObject,
  type JsonObject,
  nearest,
} from '@spoor/core';
import type { Trust } from '../boundary.ts';
import type { GatewayOptions, UpstreamOptions } from './options.ts';

/** What a gateway's file says; the rest of its options comes from the command. */
export type GatewayFile = Pick<
  GatewayOptions,
  'upstreams' | 'listen' | 'port' | 'hosts' | 'origins'
>;

/** Trust as settings say it, with another word for the server where the file has one. */
export type TrustFor = (server: ContextPolicy | undefined) => Trust;

export const GATEWAY_LISTEN = '127.0.0.1';
export const GATEWAY_PORT = 7341;

/** Throws GATEWAY_CONFIG, naming the key. */
export function readGatewayFile(value: unknown, trustFor: TrustFor): GatewayFile {
  const file = known(value, '', ['listen', 'port', 'hosts', 'origins', 'upstreams']);
  const { upstreams } = file;
  if (!Array.isArray(upstreams) || upstreams.length === 0) throw bad('upstreams: none is named');
  const read = upstreams.map((one, i) => readUpstream(one, `upstreams[${i}]`, trustFor));
  for (const key of ['name', 'path'] as const) {
    const twice = read.find((one, i) => read.findIndex((two) => two[key] === one[key]) < i);
    if (twice !== undefined) throw bad(`two upstreams have the ${key} ${twice[key]}`);
  }
  return {
    upstreams: read,
    listen: text(file, 'listen', '') ?? GATEWAY_LISTEN,
    port: portOf(file.port ?? GATEWAY_PORT),
    hosts: texts(file, 'hosts'),
    origins: texts(file, 'origins'),
  };
}

function readUpstream(value: unknown, at: string, trustFor: TrustFor): UpstreamOptions {
  const one = known(value, `${at}.`, ['name', 'url', 'path', 'mode', 'host', 'trust']);
  const url = urlOf(one.url, `${at}.url`);
  const name = text(one, 'name', at);
  if (name === undefined) throw bad(`${at}.name is missing`);
  const mode = choice(one, 'mode', at, ['observe', 'enforce'] as const);
  return {
    name,
    url,
    path: pathOf(text(one, 'path', at) ?? `/${encodeURIComponent(name)}`, at),
    host: choice(one, 'host', at, ['upstream', 'preserve'] as const) ?? 'upstream',
    trust: trustFor(choice(one, 'trust', at, CONTEXT_POLICIES)),
    ...(mode === undefined ? {} : { mode }),
  };
}

/** One upstream without a file: at the path that it has itself, so that only the port differs. */
export function singleUpstream(
  address: string,
  name: string | undefined,
  trust: Trust,
): UpstreamOptions {
  const url = urlOf(address, '--url');
  return { name: name ?? url.hostname, url, path: url.pathname, host: 'upstream', trust };
}

function urlOf(value: unknown, at: string): URL {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) throw bad(`${at} is no http(s) URL`);
  if (url.search !== '' || url.hash !== '') throw bad(`${at} has a query or fragment`);
  return url;
}

function pathOf(path: string, at: string): string {
  const isPath = /^\/[A-Za-z0-9._~%/-]*$/.test(path) && !path.startsWith('/.well-known');
  if (!isPath) throw bad(`${at}.path is no path of a URL`);
  return path.length > 1 ? path.replace(/\/+$/, '') : path;
}

function portOf(value: unknown): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > 65_535)
    throw bad('port is no port');
  return value;
}

function known(value: unknown, at: string, names: readonly string[]): JsonObject {
  if (!isObject(value)) throw bad(`${at.slice(0, -1) || 'the file'} is no mapping`);
  const unknown = Object.keys(value).find((key) => !names.includes(key));
  if (unknown === undefined) return value;
  throw bad(`${at}${unknown}; did you mean ${nearest(unknown, names)}?`);
}

function text(object: JsonObject, key: string, at: string): string | undefined {
  const value = object[key];
  if (value === undefined || (typeof value === 'string' && value !== '')) return value;
  throw bad(`${at}.${key} is no text`);
}

function texts(object: JsonObject, key: string): readonly string[] {
  const value = object[key] ?? [];
  if (!Array.isArray(value) || value.some((one) => typeof one !== 'string'))
    throw bad(`${key} is no list of texts`);
  return value as string[];
}

function choice<Value extends string>(
  object: JsonObject,
  key: string,
  at: string,
  choices: readonly Value[],
): Value | undefined {
  const value = object[key];
  if (value === undefined) return undefined;
  const found = choices.find((one) => one === value);
  if (found === undefined) throw bad(`${at}.${key} is none of ${choices.join(', ')}`);
  return found;
}

const bad = (detail: string): CodedError => new CodedError('GATEWAY_CONFIG', detail);

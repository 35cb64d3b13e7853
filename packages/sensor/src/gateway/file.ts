import { CONTEXT_POLICIES, type ContextPolicy, type JsonObject } from '@spoor/core';
import type { Trust } from '../boundary.ts';
import { readResource } from './file-authorization.ts';
import { bad, choice, known, pathOf, portOf, text, texts, urlOf } from './file-fields.ts';
import type { GatewayOptions, UpstreamOptions } from './options.ts';

/** What a gateway's file says; the rest of its options comes from the command. */
export type GatewayFile = Pick<
  GatewayOptions,
  'upstreams' | 'listen' | 'port' | 'hosts' | 'origins'
>;

/** Trust as settings say it, with other words for the server where the file has any. */
export type TrustFor = (server: ContextPolicy | undefined, identity?: boolean) => Trust;

/** A command that speaks lines, served at `/mcp`. */
export function commandUpstream(
  command: readonly string[],
  name: string,
  trust: Trust,
): UpstreamOptions {
  return {
    name,
    url: new URL('http://stdio.invalid/mcp'),
    command,
    path: '/mcp',
    host: 'upstream',
    trust,
  };
}

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
    hosts: texts(file, 'hosts', ''),
    origins: texts(file, 'origins', ''),
  };
}

function readUpstream(value: unknown, at: string, trustFor: TrustFor): UpstreamOptions {
  const one = known(value, `${at}.`, [
    'name',
    'url',
    'path',
    'mode',
    'host',
    'trust',
    'identity',
    'authorization',
  ]);
  const url = urlOf(one.url, `${at}.url`);
  const name = text(one, 'name', at);
  if (name === undefined) throw bad(`${at}.name is missing`);
  const mode = choice(one, 'mode', at, ['observe', 'enforce'] as const);
  return {
    name,
    url,
    path: pathOf(text(one, 'path', at) ?? `/${encodeURIComponent(name)}`, at),
    host: choice(one, 'host', at, ['upstream', 'preserve'] as const) ?? 'upstream',
    trust: trustFor(choice(one, 'trust', at, CONTEXT_POLICIES), keepsIdentity(one, at)),
    ...(mode === undefined ? {} : { mode }),
    ...(one.authorization === undefined
      ? {}
      : { resource: readResource(one.authorization, `${at}.authorization`) }),
  };
}

function keepsIdentity(one: JsonObject, at: string): boolean | undefined {
  const said = choice(one, 'identity', at, ['keep', 'strip'] as const);
  return said === undefined ? undefined : said === 'keep';
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

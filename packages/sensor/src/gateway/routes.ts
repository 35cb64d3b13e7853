import type { IncomingMessage } from 'node:http';
import type { UpstreamOptions } from './options.ts';

/** Where a request goes. */
export interface Route<Upstream> {
  readonly upstream: Upstream;
  /** As the upstream gets it, with its query. */
  readonly path: string;
  /** Its MCP endpoint, where nothing but MCP is spoken. */
  readonly isEndpoint: boolean;
  /** Of the stream that has named this path. */
  readonly session?: string;
}

interface Routed {
  readonly options: UpstreamOptions;
}

const WELL_KNOWN = /^\/\.well-known\/[a-z0-9-]+/;

/**
 * Finds the upstream of a path. Each has a path of its own; with only one, everything else of its
 * origin is there too, under the same paths: metadata of its authorization, the second endpoint of
 * the oldest transport.
 */
export class Routes<Upstream extends Routed> {
  readonly #upstreams: readonly Upstream[];
  /** Second endpoints, by path and query, as streams have named them. */
  readonly #named = new Map<string, Route<Upstream>>();

  constructor(upstreams: readonly Upstream[]) {
    // `/a/b` before `/a`.
    this.#upstreams = [...upstreams].sort((a, b) => b.options.path.length - a.options.path.length);
  }

  get first(): Upstream | undefined {
    return this.#upstreams[0];
  }

  find({ url = '' }: IncomingMessage): Route<Upstream> | undefined {
    if (!url.startsWith('/')) return undefined;
    const [path = '', ...query] = url.split('?');
    const search = query.length === 0 ? '' : `?${query.join('?')}`;
    const named = this.#named.get(url);
    if (named !== undefined) return named;
    for (const upstream of this.#upstreams) {
      const found = mounted(upstream, path);
      if (found !== undefined) return { ...found, upstream, path: found.path + search };
    }
    const [only] = this.#upstreams;
    // What the gateway guards itself has one path and no others.
    const open = only !== undefined && only.options.resource === undefined;
    return this.#upstreams.length === 1 && open
      ? { upstream: only, path: url, isEndpoint: false }
      : undefined;
  }

  /**
   * A stream, itself found under `at`, names its other endpoint. Undefined where that is not of the
   * same origin: clients must not follow it, and it would lead past the gateway.
   */
  name(uri: string, at: string, { upstream, path }: Route<Upstream>): string | undefined {
    const here = resolve(uri, at, GATEWAY);
    const there = resolve(uri, path, upstream.options.url.origin);
    if (here === undefined || there === undefined) return undefined;
    const [oldest] = this.#named.keys();
    if (this.#named.size >= NAMED_MAX && oldest !== undefined) this.#named.delete(oldest);
    const session = `endpoint ${here}`;
    this.#named.set(here, { upstream, path: there, isEndpoint: true, session });
    return session;
  }

  forget(session: string): void {
    for (const [target, named] of this.#named)
      if (named.session === session) this.#named.delete(target);
  }
}

/** Stands for whatever name the client uses for the gateway. */
const GATEWAY = 'http://gateway.invalid';

function resolve(uri: string, at: string, origin: string): string | undefined {
  const base = `${origin}${at}`;
  const url = URL.canParse(uri, base) ? new URL(uri, base) : undefined;
  return url?.origin === origin ? url.pathname + url.search : undefined;
}

const NAMED_MAX = 4_096;

function mounted(
  { options }: Routed,
  path: string,
): { readonly path: string; readonly isEndpoint: boolean } | undefined {
  const mount = options.path;
  const endpoint = options.url.pathname;
  if (path === mount) return { path: endpoint, isEndpoint: true };
  const prefix = mount.endsWith('/') ? mount : `${mount}/`;
  if (mount !== '/' && path.startsWith(prefix))
    return {
      path: `${endpoint.replace(/\/$/, '')}/${path.slice(prefix.length)}`,
      isEndpoint: true,
    };
  // Metadata of a resource lie under a path that has the resource's own behind it (RFC 9728 §3.1).
  const [known] = WELL_KNOWN.exec(path) ?? [];
  return known !== undefined && path === `${known}${mount}` && options.resource === undefined
    ? { path: `${known}${endpoint}`, isEndpoint: false }
    : undefined;
}

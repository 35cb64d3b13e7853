import type { IncomingMessage } from 'node:http';
import type { ErrorCode } from '@spoor/core';

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Sent twice, these say two things, and each reader believes another one. */
const SINGLE: ReadonlySet<string> = new Set([
  'authorization',
  'content-encoding',
  'content-length',
  'content-type',
  'host',
  'last-event-id',
  'origin',
  'transfer-encoding',
]);

const isSingle = (name: string): boolean => SINGLE.has(name) || name.startsWith('mcp-');

/** A target that means another one to whoever resolves its dots. */
const DOT_SEGMENT = /(^|\/)(\.|%2e){1,2}(\/|$)/i;

export interface Guard {
  /** Undefined where the request may go on. */
  check(request: IncomingMessage): ErrorCode | undefined;
}

/**
 * Who may call at all. A page in the user's browser may: by a name that resolves to the loopback
 * (DNS rebinding), or directly; so Host and Origin are checked, Host always.
 */
export function createGuard(hosts: readonly string[], origins: readonly string[]): Guard {
  const names = new Set([...LOOPBACK, ...hosts.map((host) => host.toLowerCase())]);
  const allowed = new Set(origins);
  const originAllowed = (origin: string): boolean => {
    if (allowed.has(origin)) return true;
    const url = URL.canParse(origin) ? new URL(origin) : undefined;
    return url !== undefined && url.origin === origin && names.has(url.hostname);
  };
  return {
    check: (request) => {
      const { host, origin } = request.headers;
      if (!isUnambiguous(request)) return 'GATEWAY_REQUEST';
      if (host === undefined || !names.has(hostnameOf(host))) return 'GATEWAY_HOST';
      if (origin !== undefined && !originAllowed(origin)) return 'GATEWAY_ORIGIN';
      return undefined;
    },
  };
}

/** `localhost:80` is `localhost`; what is no host at all is ''. */
function hostnameOf(host: string): string {
  const [, name = ''] = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i.exec(host) ?? [];
  return name.toLowerCase();
}

function isUnambiguous({ rawHeaders, url = '', headers }: IncomingMessage): boolean {
  const singles: string[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] ?? '').toLowerCase();
    if (!isSingle(name)) continue;
    if (singles.includes(name)) return false;
    singles.push(name);
  }
  if (headers['transfer-encoding'] !== undefined && headers['content-length'] !== undefined)
    return false;
  const [path = ''] = url.split('?', 1);
  return !DOT_SEGMENT.test(path) && !path.includes('\\');
}

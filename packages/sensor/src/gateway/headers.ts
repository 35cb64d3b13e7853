/** Of one connection only (RFC 9110 §7.6.1): neither request nor answer takes them further. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** What our own client sets, or must not hear of. */
const REQUEST_OWN: ReadonlySet<string> = new Set(['host', 'content-length', 'expect']);

type Flat = readonly string[];

function withoutHops(headers: Flat, dropped: (name: string) => boolean): string[] {
  const named = namedByConnection(headers);
  const kept: string[] = [];
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] ?? '';
    const lower = name.toLowerCase();
    if (HOP_BY_HOP.has(lower) || named?.has(lower) || dropped(lower)) continue;
    kept.push(name, headers[i + 1] ?? '');
  }
  return kept;
}

function namedByConnection(headers: Flat): ReadonlySet<string> | undefined {
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i]?.toLowerCase() !== 'connection') continue;
    const value = (headers[i + 1] ?? '').toLowerCase();
    if (value === 'keep-alive' || value === 'close') continue;
    return new Set(value.split(',').map((name) => name.trim()));
  }
  return undefined;
}

/** Trace headers as the trust boundary has them. */
export interface TraceChange {
  drops(name: string): boolean;
  readonly instead: readonly string[];
}

export interface RequestChange {
  readonly host: string;
  /** The answer is read along, so it must not come compressed. */
  readonly readable: boolean;
  /** In place of the client's own; '' takes it out. */
  readonly authorization?: string;
  readonly trace: TraceChange;
}

/** A request's headers as the upstream gets them: as they came, but for what is of one hop. */
export function requestHeaders(raw: Flat, change: RequestChange): string[] {
  const { host, readable, authorization, trace } = change;
  const dropped = (name: string): boolean =>
    REQUEST_OWN.has(name) ||
    trace.drops(name) ||
    (readable && name === 'accept-encoding') ||
    (authorization !== undefined && name === 'authorization');
  const headers = ['Host', host, ...withoutHops(raw, dropped), ...trace.instead];
  if (readable) headers.push('Accept-Encoding', 'identity');
  if (authorization !== undefined && authorization !== '')
    headers.push('Authorization', authorization);
  return headers;
}

export function responseHeaders(raw: Flat, trace: TraceChange): string[] {
  return [...withoutHops(raw, (name) => trace.drops(name)), ...trace.instead];
}

export function headerOf(raw: Flat, wanted: string): string | undefined {
  for (let i = 0; i < raw.length; i += 2) if (raw[i]?.toLowerCase() === wanted) return raw[i + 1];
  return undefined;
}

/** `text/event-stream; charset=utf-8` is `text/event-stream`. */
export const mediaType = (value: string | undefined): string =>
  (value ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';

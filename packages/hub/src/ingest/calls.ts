import type { ForeignCall, ForeignSpan } from '@spoor/edge/otlp';

/** A call as one or several spans of one request tell of it. */
export interface JoinedCall {
  readonly head: ForeignSpan;
  call: ForeignCall;
  /** Keys of all spans of this call. */
  readonly spans: string[];
  /** Keys of the spans around it, nearest first. */
  readonly ancestors: readonly string[];
}

/** Spans of this request around a call that are looked at. */
const ANCESTORS_MAX = 32;

const SERVER = 2;
const CLIENT = 3;

export const spanKey = (trace: string, span: string): string => trace + span;

/** From the outside in: who executes a tool, who asks a server, the server. */
function rankOf(kind: number): number {
  return kind === SERVER ? 2 : kind === CLIENT ? 1 : 0;
}

/** What two neighbouring spans are compared by. */
export interface Side {
  readonly method: string;
  readonly tool: string | undefined;
  readonly rank: number;
}

export const sideOf = ({ row }: ForeignSpan, { method, tool }: ForeignCall): Side => ({
  method,
  tool,
  rank: rankOf(row.kind),
});

/**
 * Do a span and one right inside it tell of the same call? Several layers instrument one call, each
 * inside the other; but what happens inside a server is another call.
 */
export function isSameCall(outer: Side, inner: Side): boolean {
  if (outer.rank === 2 || outer.rank > inner.rank) return false;
  if (outer.method !== inner.method || outer.method === '') return false;
  return outer.tool === inner.tool || outer.tool === undefined || inner.tool === undefined;
}

/** Joins the spans of one request, in the order in which the calls began. */
export function joinCalls(
  spans: readonly ForeignSpan[],
  parents: ReadonlyMap<string, string>,
): JoinedCall[] {
  const calls: JoinedCall[] = [];
  const bySpan = new Map<string, JoinedCall>();
  const inOrder = [...spans].sort((a, b) => a.row.startMs - b.row.startMs);
  // A parent may have begun in the same instant as its child.
  for (const span of depthFirst(inOrder)) {
    if (span.call === undefined) continue;
    const { trace, span: id, parent } = span.row;
    const key = spanKey(trace, id);
    const outer = bySpan.get(spanKey(trace, parent));
    if (
      outer !== undefined &&
      isSameCall(sideOf(outer.head, outer.call), sideOf(span, span.call))
    ) {
      outer.spans.push(key);
      outer.call = merged(outer.call, span.call);
      bySpan.set(key, outer);
      continue;
    }
    const joined = {
      head: span,
      call: span.call,
      spans: [key],
      ancestors: ancestorsOf(key, parents),
    };
    calls.push(joined);
    bySpan.set(key, joined);
  }
  return calls;
}

/** Parents before their children; otherwise as they came. */
function depthFirst(spans: readonly ForeignSpan[]): ForeignSpan[] {
  const present = new Set(spans.map(({ row }) => spanKey(row.trace, row.span)));
  const inside = new Map<string, ForeignSpan[]>();
  const roots: ForeignSpan[] = [];
  for (const span of spans) {
    const parent = spanKey(span.row.trace, span.row.parent);
    if (!present.has(parent)) roots.push(span);
    else {
      const siblings = inside.get(parent);
      if (siblings === undefined) inside.set(parent, [span]);
      else siblings.push(span);
    }
  }
  const ordered: ForeignSpan[] = [];
  const stack = roots.reverse();
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    ordered.push(next);
    const key = spanKey(next.row.trace, next.row.span);
    stack.push(...(inside.get(key) ?? []).reverse());
    inside.delete(key);
  }
  // Spans that are each other's parents have no beginning; they are told all the same.
  return ordered.concat(...inside.values());
}

function ancestorsOf(key: string, parents: ReadonlyMap<string, string>): string[] {
  const found: string[] = [];
  for (let at = parents.get(key); at !== undefined; at = parents.get(at)) {
    found.push(at);
    if (found.length >= ANCESTORS_MAX) break;
  }
  return found;
}

/** The outer span speaks first; the inner one adds what the outer one does not say. */
function merged(outer: ForeignCall, inner: ForeignCall): ForeignCall {
  const failed = outer.outcome === 'ok' && inner.outcome !== 'ok';
  // Only the server's own side knows what it is called.
  return {
    ...inner,
    ...outer,
    server: inner.server,
    transport: outer.transport === 'unknown' ? inner.transport : outer.transport,
    ...(failed
      ? {
          outcome: inner.outcome,
          ...(inner.errorType === undefined ? {} : { errorType: inner.errorType }),
        }
      : {}),
  };
}

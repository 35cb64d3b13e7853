import { Conversation } from './conversation.ts';
import { fault } from './counts.ts';
import { hubFor } from './hub/lazy.ts';
import type { InstrumentOptions } from './options.ts';
import { type Scope, scopeOf } from './scope.ts';
import { processWide } from './shared.ts';
import { tap, untap } from './tap.ts';
import {
  type Connectable,
  innermost,
  isConnectable,
  isTransport,
  networkOf,
  serverBehind,
  type Transport,
} from './transport.ts';

const TRANSPORTS = { pipe: 'stdio', tcp: 'http', memory: 'memory', other: 'unknown' } as const;

/** Transports of one target that `uninstrument` finds again. */
const REMEMBERED_MAX = 256;

interface Instrumented {
  readonly target: Connectable;
  readonly own: PropertyDescriptor | undefined;
  readonly connect: Connectable['connect'];
  readonly transports: Set<WeakRef<Transport>>;
}

const INSTRUMENTED = processWide('targets', () => new WeakMap<object, Instrumented>());

/**
 * Instruments a client, a server (also an `McpServer`) or a transport of
 * `@modelcontextprotocol/sdk` 1.x or `@modelcontextprotocol/client` and `/server` 2.x, in place,
 * and returns it. Twice is once. Anything else is returned as it is.
 */
export function instrument<Target>(target: Target, options: InstrumentOptions = {}): Target {
  try {
    if (isTransport(target)) tapTransport(target, scopeOf(options), target);
    else if (isConnectable(target)) instrumentTarget(innermost(target), options);
  } catch {
    fault();
  }
  return target;
}

/** Leaves a client, server or transport as it was before. */
export function uninstrument(target: unknown): void {
  if (isTransport(target)) {
    untap(target);
    return;
  }
  if (!isConnectable(target)) return;
  const inner = innermost(target);
  const found = INSTRUMENTED.get(inner);
  if (found === undefined) return;
  INSTRUMENTED.delete(inner);
  for (const held of found.transports) {
    const transport = held.deref();
    if (transport !== undefined) untap(transport);
  }
  // Somebody has put theirs above ours: ours finds nothing to do any more.
  if (Object.getOwnPropertyDescriptor(inner, 'connect')?.value !== found.connect) return;
  if (found.own === undefined) Reflect.deleteProperty(inner, 'connect');
  else Object.defineProperty(inner, 'connect', found.own);
}

function instrumentTarget(target: Connectable, options: InstrumentOptions): void {
  if (INSTRUMENTED.has(target)) return;
  const scope = scopeOf(options);
  const original = target.connect;
  const own = Object.getOwnPropertyDescriptor(target, 'connect');
  const transports = new Set<WeakRef<Transport>>();
  const connect: Connectable['connect'] = function connect(this: unknown, transport, ...rest) {
    if (INSTRUMENTED.get(target)?.connect === connect && isTransport(transport)) {
      if (tapTransport(transport, scope, target)) keep(transports, transport);
    }
    return original.call(target, transport, ...rest);
  };
  Object.defineProperty(target, 'connect', {
    value: connect,
    writable: true,
    configurable: true,
    enumerable: own?.enumerable ?? false,
  });
  INSTRUMENTED.set(target, { target, own, connect, transports });
}

/** A server that lives long may see many transports come and go. */
function keep(transports: Set<WeakRef<Transport>>, transport: Transport): void {
  if (transports.size >= REMEMBERED_MAX) {
    for (const held of transports) if (held.deref() === undefined) transports.delete(held);
    const [oldest] = transports;
    if (transports.size >= REMEMBERED_MAX && oldest !== undefined) transports.delete(oldest);
  }
  transports.add(new WeakRef(transport));
}

/** For the loader, which sees a target when it connects. */
export function tapTransport(transport: Transport, scope: Scope, target: object): boolean {
  const side = sideOf(target, transport);
  const server = scope.options.name ?? (side === 'server' ? undefined : serverBehind(transport));
  return tap(transport, (inject) => {
    const hub = hubFor(scope.options, {
      side,
      name: server ?? nameOf(target),
      transport: TRANSPORTS[networkOf(transport) ?? 'other'],
    });
    const conversation = new Conversation(scope, transport, { server, hub }, inject);
    // Past our own `send`, whose class may have another: what goes out here has been told.
    const send = transport.send;
    conversation.refuse = (answer) => void send.call(transport, answer)?.catch(fault);
    return conversation;
  });
}

/** A server says of itself who it is; a client does not say who is at the other end. */
function sideOf(target: object, transport: Transport): 'client' | 'server' {
  if (target !== transport) return '_serverInfo' in target ? 'server' : 'client';
  return /server/i.test(transport.constructor?.name ?? '') ? 'server' : 'client';
}

function nameOf(target: object): string {
  const info = (target as { readonly _serverInfo?: { readonly name?: unknown } })._serverInfo;
  return typeof info?.name === 'string' ? info.name : 'in-process';
}

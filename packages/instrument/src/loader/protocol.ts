import { fault } from '../counts.ts';
import { tapTransport } from '../instrument.ts';
import type { InstrumentOptions } from '../options.ts';
import { type Scope, scopeOf } from '../scope.ts';
import { processWide } from '../shared.ts';
import { type Connectable, isTransport } from '../transport.ts';
import { CONNECTED } from './source.ts';

interface ProtocolClass {
  readonly prototype: Connectable;
}

/**
 * Makes the loader's line work: whatever connects through a class that it is called with is
 * instrumented. What the program has instrumented itself stays as the program wanted it.
 */
export function listen(options: InstrumentOptions): void {
  const patched = processWide('classes', () => new WeakSet<object>());
  const held = globalThis as unknown as Record<symbol, unknown>;
  held[Symbol.for(CONNECTED)] ??= (protocol: ProtocolClass) => {
    if (patched.has(protocol)) return;
    patched.add(protocol);
    try {
      patch(protocol.prototype, options);
    } catch {
      fault();
    }
  };
}

function patch(prototype: Connectable, options: InstrumentOptions): void {
  const original = prototype.connect;
  const scopes = new WeakMap<object, Scope>();
  const connect = function connect(
    this: Connectable,
    ...[transport, ...rest]: Parameters<Connectable['connect']>
  ): Promise<unknown> {
    try {
      if (isTransport(transport)) {
        const scope = scopes.get(this) ?? scopeOf(options);
        scopes.set(this, scope);
        tapTransport(transport, scope, this);
      }
    } catch {
      fault();
    }
    return original.call(this, transport, ...rest);
  };
  Object.defineProperty(prototype, 'connect', {
    value: connect,
    writable: true,
    configurable: true,
    enumerable: false,
  });
}

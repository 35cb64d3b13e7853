import { fault } from './counts.ts';
import { finisherOf } from './finish.ts';
import { processWide } from './shared.ts';
import type { SendOptions, Transport } from './transport.ts';

/** What is to happen with a message; whatever is absent is left as it is. */
export interface Passage {
  /** In its place: a copy, since the original belongs to the caller. */
  readonly message?: unknown;
  /** Runs the rest of the way, for instance in the context of a span. */
  readonly within?: (go: () => unknown) => unknown;
  /** The message waits for it, and goes no further where it answers false. */
  readonly gate?: Promise<boolean>;
  /** After the gate: what goes on in its place by then. */
  readonly instead?: (message: unknown) => unknown;
  /** It could not be sent. */
  readonly failed?: () => void;
}

/** Looks at the messages of one transport. What it throws is counted and goes no further. */
export interface Observer {
  outgoing(message: unknown, options: SendOptions | undefined): Passage | undefined;
  incoming(message: unknown, extra: unknown): Passage | undefined;
  closed(): void;
}

type Handler = (this: unknown, ...args: unknown[]) => unknown;

interface Tap {
  active: boolean;
  /** Absent where nobody looks, and only the last word is wanted. */
  observer: Observer | undefined;
  readonly restore: () => void;
  readonly inject: (message: unknown) => void;
}

type Observe = (inject: (message: unknown) => void) => Observer;

const TAPS = processWide('taps', () => new WeakMap<object, Tap>());

const activeTap = (transport: Transport): Tap | undefined => {
  const found = TAPS.get(transport);
  return found?.active === true ? found : undefined;
};

/**
 * Taps a transport in place: the object stays the same in identity, class, symbols and private
 * members, which both SDKs go by. Twice is once.
 *
 * @param observe Gets a function that hands a message to the receiver as if it had come in.
 *   Undefined where only a finisher is to have its word.
 * @returns False where the object cannot be changed; then nothing was.
 */
export function tap(transport: Transport, observe: Observe | undefined): boolean {
  const found = activeTap(transport);
  if (found !== undefined) {
    found.observer ??= observe?.(found.inject);
    return true;
  }
  if (!Object.isExtensible(transport)) return false;
  try {
    TAPS.set(transport, install(transport, observe));
    return true;
  } catch {
    fault();
    return false;
  }
}

/**
 * Leaves the transport as it was found, or passing everything on where others sit above us. Where a
 * finisher is left, nobody looks any more and it goes on.
 */
export function untap(transport: Transport): void {
  const found = TAPS.get(transport);
  if (found === undefined) return;
  attempt(() => found.observer?.closed());
  found.observer = undefined;
  if (finisherOf(transport) === undefined) remove(transport, found);
}

/** Where nobody looks either. */
export function untapFinished(transport: Transport): void {
  const found = TAPS.get(transport);
  if (found !== undefined && found.observer === undefined) remove(transport, found);
}

function remove(transport: Transport, found: Tap): void {
  found.active = false;
  found.restore();
  TAPS.delete(transport);
}

function install(transport: Transport, observe: Observe | undefined): Tap {
  const undo: (() => void)[] = [];
  const held: { tap?: Tap } = {};
  const state = (): Tap | undefined => (held.tap?.active === true ? held.tap : undefined);
  let receive: ((message: unknown) => void) | undefined;
  const inject = (message: unknown): void => receive?.(message);
  const observer = observe?.(inject);
  undo.push(wrapMethod(transport, (original) => sender(transport, original, state)));
  undo.push(
    wrapHandlers(transport, 'onmessage', (handler) => {
      const wrapped = receiver(transport, handler, state);
      receive = (message) => handler.call(transport, message);
      return wrapped;
    }),
  );
  undo.push(
    wrapHandlers(
      transport,
      'onclose',
      (handler) =>
        function closing(this: unknown, ...args) {
          attempt(() => state()?.observer?.closed());
          return handler.apply(this, args);
        },
    ),
  );
  const made: Tap = {
    active: true,
    observer,
    restore: () => {
      for (const step of undo) step();
    },
    inject,
  };
  held.tap = made;
  return made;
}

function attempt<Value>(work: () => Value): Value | undefined {
  try {
    return work();
  } catch {
    fault();
    return undefined;
  }
}

function sender(
  transport: Transport,
  original: Transport['send'],
  state: () => Tap | undefined,
): Transport['send'] {
  return function send(this: unknown, message, options): Promise<void> {
    const passage = attempt(() => state()?.observer?.outgoing(message, options));
    const { gate, within, failed } = passage ?? {};
    const first = passage !== undefined && 'message' in passage ? passage.message : message;
    const pass = (): Promise<void> => {
      const out = passage?.instead === undefined ? first : passage.instead(first);
      const last = state() === undefined ? out : (finisherOf(transport)?.finish(out) ?? out);
      return last instanceof Promise
        ? last.then((late) => original.call(transport, late, options))
        : original.call(transport, last, options);
    };
    const go = (): Promise<void> => {
      let sent: Promise<void>;
      try {
        sent = within === undefined ? pass() : (within(pass) as Promise<void>);
      } catch (error) {
        failed?.();
        throw error;
      }
      if (failed !== undefined) Promise.resolve(sent).catch(failed);
      return sent;
    };
    return gate === undefined ? go() : gate.then((goesOn) => (goesOn ? go() : undefined));
  };
}

function receiver(transport: Transport, handler: Handler, state: () => Tap | undefined): Handler {
  /** A handler that was set before may be called by the one set now: that is one message. */
  let inside: unknown;
  return function received(this: unknown, message, extra) {
    const tapped = state();
    if (tapped === undefined || (inside !== undefined && inside === message)) {
      return handler.call(this, message, extra);
    }
    finisherOf(transport)?.saw(message);
    const passage = attempt(() => tapped.observer?.incoming(message, extra));
    const first = passage !== undefined && 'message' in passage ? passage.message : message;
    const pass = (): unknown => {
      const out = passage?.instead === undefined ? first : passage.instead(first);
      const before = inside;
      inside = out;
      try {
        return handler.call(this, out, extra);
      } finally {
        inside = before;
      }
    };
    const go = (): unknown => (passage?.within === undefined ? pass() : passage.within(pass));
    if (passage?.gate === undefined) return go();
    // What the handler throws would have gone to the transport, which tells it as an error.
    passage.gate
      .then((goesOn) => (goesOn ? go() : undefined))
      .catch((error: unknown) => transport.onerror?.(error as Error));
    return undefined;
  };
}

/** An own `send` above the one that was there. */
function wrapMethod(
  transport: Transport,
  wrap: (original: Transport['send']) => Transport['send'],
): () => void {
  const own = Object.getOwnPropertyDescriptor(transport, 'send');
  const send = wrap(transport.send);
  Object.defineProperty(transport, 'send', {
    value: send,
    writable: true,
    configurable: true,
    enumerable: own?.enumerable ?? false,
  });
  return () => {
    // Somebody has put theirs above ours: ours stays and passes everything on.
    if (Object.getOwnPropertyDescriptor(transport, 'send')?.value !== send) return;
    if (own === undefined) Reflect.deleteProperty(transport, 'send');
    else Object.defineProperty(transport, 'send', own);
  };
}

/**
 * An accessor above a handler that is set and read as a property. What lay below, a field or an
 * accessor of the class, goes on holding it: some transports hand theirs to another one inside.
 */
function wrapHandlers(
  transport: Transport,
  name: 'onmessage' | 'onclose',
  wrap: (handler: Handler) => Handler,
): () => void {
  const own = Object.getOwnPropertyDescriptor(transport, name);
  const below = own ?? inherited(transport, name);
  let field: unknown = own?.value;
  const read = (): unknown => (below?.get === undefined ? field : below.get.call(transport));
  const write = (value: unknown): void => {
    if (below?.set === undefined) field = value;
    else below.set.call(transport, value);
  };
  const originals = new WeakMap<object, Handler>();
  const set = (value: unknown): void => {
    if (typeof value !== 'function' || originals.has(value)) {
      write(value);
      return;
    }
    const wrapped = wrap(value as Handler);
    originals.set(wrapped, value as Handler);
    write(wrapped);
  };
  const accessor = { get: read, set, configurable: true, enumerable: own?.enumerable ?? true };
  const before = read();
  Object.defineProperty(transport, name, accessor);
  if (before !== undefined) set(before);
  return () => {
    if (Object.getOwnPropertyDescriptor(transport, name)?.get !== read) return;
    const current = read();
    const plain = typeof current === 'function' ? (originals.get(current) ?? current) : current;
    Reflect.deleteProperty(transport, name);
    if (own !== undefined) Object.defineProperty(transport, name, own);
    if (below?.set !== undefined) below.set.call(transport, plain);
    else if (own !== undefined) Object.defineProperty(transport, name, { ...own, value: plain });
    else if (plain !== undefined) Reflect.set(transport, name, plain);
  };
}

function inherited(target: object, name: string): PropertyDescriptor | undefined {
  for (let at = Object.getPrototypeOf(target); at !== null; at = Object.getPrototypeOf(at)) {
    const found = Object.getOwnPropertyDescriptor(at, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

import { CodedError } from '@spoor/core';
import { removeFinisher, setFinisher } from '../finish.ts';
import { tap, untapFinished } from '../tap.ts';
import {
  type Connectable,
  innermost,
  isConnectable,
  isTransport,
  type Transport,
} from '../transport.ts';
import { Prover, type ProverOptions } from './prover.ts';

export interface Attestation {
  /** Resolves when there is a token; rejects where none can be had. */
  readonly ready: Promise<void>;
  /** From now on requests go out without proofs, as before. */
  stop(): void;
}

export type AttestOptions = ProverOptions;

/**
 * Has a client, or a transport of one, prove each of its requests: of `@modelcontextprotocol/sdk`
 * 1.x or `@modelcontextprotocol/client` 2.x, connected or not yet, instrumented or not, in place.
 * Its server must stand behind a sensor of Spoor's, which keeps the proofs; any other server would
 * get them. Throws ATTEST_TARGET for anything else.
 */
export function attest(target: object, options: AttestOptions): Attestation {
  const prover = new Prover(options);
  const transports = new Set<WeakRef<Transport>>();
  const watch = (transport: Transport): void => {
    setFinisher(transport, prover);
    if (!tap(transport, undefined)) removeFinisher(transport);
    else transports.add(new WeakRef(transport));
  };
  const undo = begin(target, watch);
  const ready = Promise.resolve()
    .then(() => options.session.tokenFor(undefined))
    .then(() => undefined);
  // Whoever waits for it hears of a failure; the first request tries again.
  ready.catch(() => undefined);
  return {
    ready,
    stop: () => {
      undo();
      for (const held of transports) {
        const transport = held.deref();
        if (transport === undefined) continue;
        removeFinisher(transport);
        untapFinished(transport);
      }
      transports.clear();
    },
  };
}

/** Calls `watch` with each transport of the target; returns what takes that back. */
function begin(target: object, watch: (transport: Transport) => void): () => void {
  if (isTransport(target)) {
    watch(target);
    return () => undefined;
  }
  if (!isConnectable(target)) throw new CodedError('ATTEST_TARGET');
  const client = innermost(target);
  const { transport } = client as { readonly transport?: unknown };
  if (isTransport(transport)) watch(transport);
  return watchConnect(client, watch);
}

function watchConnect(client: Connectable, watch: (transport: Transport) => void): () => void {
  const original = client.connect;
  const own = Object.getOwnPropertyDescriptor(client, 'connect');
  let active = true;
  const connect: Connectable['connect'] = function connect(this: unknown, transport, ...rest) {
    if (active && isTransport(transport)) watch(transport);
    return original.call(client, transport, ...rest);
  };
  Object.defineProperty(client, 'connect', {
    value: connect,
    writable: true,
    configurable: true,
    enumerable: own?.enumerable ?? false,
  });
  return () => {
    active = false;
    // Somebody has put theirs above ours: ours passes everything on.
    if (Object.getOwnPropertyDescriptor(client, 'connect')?.value !== connect) return;
    if (own === undefined) Reflect.deleteProperty(client, 'connect');
    else Object.defineProperty(client, 'connect', own);
  };
}

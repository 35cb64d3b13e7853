import { fstatSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import {
  type JsonRpcId,
  type Mode,
  type ProcessId,
  safeName,
  systemClock,
  systemRandom,
  uuidv7,
} from '@spoor/core';
import type { Home } from '@spoor/edge/home';
import type { Attester, AttesterOptions } from './attester.ts';
import { Boundary, type Trust } from './boundary.ts';
import { type Exit, startChild } from './child.ts';
import { delay } from './delay.ts';
import { findHost, identify } from './host.ts';
import { HubClient } from './hubclient.ts';
import { Relay } from './relay.ts';
import { Reporter } from './reporter.ts';

export interface RunOptions {
  readonly server: WrappedServer;
  /** As it appears on screens and in rules; default from the command. */
  readonly name: string;
  readonly mode?: Mode;
  readonly trust: Trust;
  readonly home: Home;
  readonly version: string;
  readonly rulesFolder: string;
  readonly startHub?: () => void;
  /** Signs for clients that bring no evidence of who they are. */
  readonly attest?: Pick<AttesterOptions, 'key' | 'issuer' | 'audience'>;
  /** One line for the person at the terminal; goes to standard error. */
  readonly say: (line: string) => void;
}

/** A program that we start, or a server elsewhere; headers are names and values in turn. */
export type WrappedServer =
  | { readonly kind: 'command'; readonly command: string; readonly args: readonly string[] }
  | { readonly kind: 'url'; readonly url: URL; readonly headers: readonly string[] };

/** The server's end of a wrapper, whatever is behind it. */
interface ServerEnd {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly exit: Promise<Exit>;
  readonly process?: ProcessId;
  /** What went wrong beside the messages, by code. */
  readonly counts?: () => Readonly<Record<string, number>>;
  kill(signal: NodeJS.Signals): void;
}

/** How long the last observations may take to reach the hub after the server has ended. */
const FAREWELL_MS = 1_000;

/**
 * `spoor run`: stands between a client on our standard input and output and a server that we start
 * or reach. Resolves with the way in which the server ended; rejects with a CodedError when it
 * never started.
 */
export async function runWrapper(options: RunOptions): Promise<Exit> {
  const { server: wrapped } = options;
  const attester = await attesterOf(options);
  const server =
    wrapped.kind === 'command'
      ? startServer(wrapped.command, wrapped.args)
      : await reachServer(wrapped, options.say, (id, why) => relay.unanswered(id, why));
  const hub = connectHub(options, server.process);
  const output = clientOutput();
  const relay: Relay = new Relay({
    toServer: (bytes) => send(server.stdin, bytes, process.stdin),
    toClient: (bytes) => send(output, bytes, server.stdout),
    hub,
    clock: systemClock,
    random: systemRandom,
    boundary: new Boundary(options.trust, systemRandom, attester),
  });
  const reporter = new Reporter({
    about: options.name,
    random: systemRandom,
    counts: () => ({ ...relay.counts, ...server.counts?.() }),
    hub: () => hub,
  });
  const stopForwarding = forwardSignals(server);
  wireClient(relay, server, output);
  wireServer(relay, server);
  try {
    const exit = await server.exit;
    await relay.serverEnded();
    await ended(output);
    await Promise.race([reporter.close().then(() => hub.close()), delay(FAREWELL_MS)]);
    return exit;
  } finally {
    stopForwarding();
    process.stdin.destroy();
  }
}

async function attesterOf({ attest, name }: RunOptions): Promise<Attester | undefined> {
  if (attest === undefined) return undefined;
  const { wrapperAttester } = await import('./attester.ts');
  return wrapperAttester({ ...attest, server: name });
}

async function reachServer(
  { url, headers }: WrappedServer & { readonly kind: 'url' },
  say: (line: string) => void,
  onUnanswered: (id: JsonRpcId, errorType: string) => void,
): Promise<ServerEnd> {
  const { openLineUpstream } = await import('./upstream/open.ts');
  const upstream = openLineUpstream({ url, headers, onUnanswered, say });
  return {
    stdin: upstream,
    stdout: upstream,
    exit: upstream.exit,
    counts: () => upstream.counts.values,
    kill: (signal) => upstream.kill(signal),
  };
}

function startServer(command: string, args: readonly string[]): ServerEnd {
  const { process: child, exit } = startChild(command, args, process.env);
  const identity = child.pid === undefined ? undefined : identify(child.pid);
  return {
    stdin: child.stdin,
    stdout: child.stdout,
    exit,
    ...(identity === undefined ? {} : { process: identity }),
    kill: (signal) => child.kill(signal),
  };
}

function connectHub(options: RunOptions, server: ProcessId | undefined): HubClient {
  return new HubClient({
    home: options.home,
    hello: {
      protocol: 1,
      sensor: { id: uuidv7(Date.now(), systemRandom), kind: 'wrapper', version: options.version },
      server: {
        name: safeName(options.name, () => 'server'),
        transport: options.server.kind === 'url' ? 'http' : 'stdio',
        ...(server === undefined ? {} : { process: server }),
      },
      host: findHost(),
      ...(options.mode === undefined ? {} : { mode: options.mode }),
    },
    random: systemRandom,
    rulesFolder: options.rulesFolder,
    ...(options.startHub === undefined ? {} : { startHub: options.startHub }),
    onState: (state, why) => {
      const reason = why === 'HUB_UNREACHABLE' ? 'no hub answers' : `${why} at the hub`;
      if (state === 'down') options.say(`${reason}: deciding alone, keeping records for later`);
    },
  });
}

/**
 * Our standard output as a stream that never blocks: `process.stdout` writes to pipes
 * synchronously, and a client that does not read would stop both directions.
 */
function clientOutput(): Writable {
  const stat = fstatSync(1);
  if (!stat.isFIFO() && !stat.isSocket()) return process.stdout;
  return new Socket({ fd: 1, readable: false, writable: true });
}

/** Back-pressure: where the receiver is full, its source stops until it has room. */
function send(target: Writable, bytes: Uint8Array, source: Readable): void {
  if (target.destroyed || target.write(bytes)) return;
  source.pause();
  target.once('drain', () => source.resume());
}

function wireClient(relay: Relay, { stdin, stdout }: ServerEnd, output: Writable): void {
  process.stdin.on('data', (chunk: Uint8Array) => relay.fromClient(chunk));
  process.stdin.on('end', () => void relay.clientEnded().then(() => stdin.end()));
  process.stdin.on('error', () => stdin.end());
  // A server that reads no more is no fault of ours: its exit tells the rest.
  stdin.on('error', () => process.stdin.destroy());
  // A client that reads no more: the server learns it as it would without us.
  output.on('error', () => stdout.destroy());
}

function wireServer(relay: Relay, { stdout }: ServerEnd): void {
  stdout.on('data', (chunk: Uint8Array) => relay.fromServer(chunk));
  stdout.on('error', () => undefined);
}

const FORWARDED: readonly NodeJS.Signals[] = [
  'SIGTERM',
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGUSR1',
  'SIGUSR2',
];

function forwardSignals(server: ServerEnd): () => void {
  const forward = (signal: NodeJS.Signals): void => {
    // A terminal sends its interrupt to the whole group: the server has it already.
    if (signal === 'SIGINT' && process.stdin.isTTY) return;
    server.kill(signal);
  };
  for (const signal of FORWARDED) process.on(signal, forward);
  return () => {
    for (const signal of FORWARDED) process.off(signal, forward);
  };
}

function ended(output: Writable): Promise<void> {
  if (output.destroyed || output === process.stdout) return Promise.resolve();
  return new Promise((resolve) => {
    output.once('close', resolve);
    output.end(() => resolve());
  });
}

/** Ends this process as the server ended. */
export function exitAs(exit: Exit): never {
  if ('code' in exit) process.exit(exit.code);
  process.removeAllListeners(exit.signal);
  process.kill(process.pid, exit.signal);
  // A signal that does not end a process by default: the shell's convention for the rest.
  setTimeout(() => process.exit(128), 100);
  return undefined as never;
}

/** For lines that must be out before the process ends. */
export const sayToTerminal = (line: string): void => {
  writeSync(2, `spoor: ${line}\n`);
};

import type { AddressInfo, Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { CodedError, LIMITS, type Random } from '@spoor/core';
import { EXPORTER, encodeWire, REMOTE_PROTOCOL, WireDecoder } from '@spoor/edge';
import type { Certificate } from './certificate.ts';
import { Strangers } from './strangers.ts';

/** What a stranger has sent, and what it has to fit to. */
export interface Greeting {
  readonly json: unknown;
  readonly challenge: Uint8Array;
  /** Belongs to this one TLS connection. */
  readonly exported: Uint8Array;
}

interface DoorOptions {
  readonly certificate: Certificate;
  readonly random: Random;
  readonly nowMs: () => number;
  /** Says who it is, and takes the socket over where it stays. Throws the refusal. */
  readonly admit: (greeting: Greeting) => {
    readonly name: string;
    readonly enter?: (socket: Socket) => void;
  };
}

const CHALLENGE_BYTES = 32;

/** The port for sensors of other machines: TLS, a challenge, one answer. */
export class Door {
  readonly #options: DoorOptions;
  readonly #server: Server;
  readonly #strangers = new Strangers();
  /** Connections that have proved nothing, by address and port. */
  readonly #waiting = new Map<string, Socket>();
  readonly counts: Record<string, number> = { remoteRefused: 0, remoteFailed: 0, remoteBlocked: 0 };

  constructor(options: DoorOptions) {
    this.#options = options;
    const { cert, key } = options.certificate;
    this.#server = createServer({
      cert,
      key,
      minVersion: 'TLSv1.3',
      ALPNProtocols: [REMOTE_PROTOCOL],
      handshakeTimeout: LIMITS.remoteHandshakeMs,
    });
    this.#server.maxConnections = LIMITS.remoteConnectionsMax;
    // Before TLS, which costs a stranger less than it costs us.
    this.#server.prependListener('connection', (socket: Socket) => this.#arrived(socket));
    this.#server.on('tlsClientError', (_error, socket) => this.#failed(socket));
    this.#server.on('secureConnection', (socket) => this.#greet(socket));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Rejects with PORT_IN_USE. */
  listen(host: string, port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const failed = (error: Error): void =>
        reject(new CodedError('PORT_IN_USE', `remote.port ${host}:${port}`, error));
      this.#server.once('error', failed);
      this.#server.listen(port, host, () => {
        this.#server.off('error', failed);
        this.#server.on('error', () => this.#count('remoteFailed'));
        resolve();
      });
    });
  }

  /** From the next connection on. */
  show({ cert, key }: Certificate): void {
    this.#server.setSecureContext({ cert, key, minVersion: 'TLSv1.3' });
  }

  /** Connections that have come in are not its own any more. */
  close(): void {
    this.#server.close();
    for (const socket of this.#waiting.values()) socket.destroy();
  }

  #arrived(socket: Socket): void {
    const address = socket.remoteAddress ?? '';
    const full = this.#waiting.size >= LIMITS.remoteHandshakesMax;
    if (full || this.#strangers.isBlocked(address, this.#options.nowMs())) {
      this.#count('remoteBlocked');
      socket.destroy();
      return;
    }
    const peer = peerOf(socket);
    this.#waiting.set(peer, socket);
    socket.once('close', () => this.#waiting.delete(peer));
  }

  #failed(socket: Socket): void {
    this.#count('remoteFailed');
    this.#strangers.failed(socket.remoteAddress ?? '', this.#options.nowMs());
    socket.destroy();
  }

  #greet(socket: TLSSocket): void {
    const challenge = this.#options.random.bytes(CHALLENGE_BYTES);
    const exported = socket.exportKeyingMaterial(EXPORTER.bytes, EXPORTER.label, Buffer.alloc(0));
    const decoder = new WireDecoder();
    let received = 0;
    const late = setTimeout(() => this.#failed(socket), LIMITS.remoteHandshakeMs);
    const read = (chunk: Buffer): void => {
      try {
        received += chunk.length;
        if (received > LIMITS.remoteHandshakeBytesMax) throw new CodedError('WIRE_INVALID');
        const [message, ...more] = decoder.push(chunk);
        if (message === undefined) return;
        socket.off('data', read);
        clearTimeout(late);
        // It was told nothing yet that it could answer.
        if (more.length > 0) throw new CodedError('WIRE_INVALID');
        this.#admit(socket, { json: message.json, challenge, exported });
      } catch (error) {
        this.#refuse(socket, error);
      }
    };
    socket.on('error', () => socket.destroy());
    socket.once('close', () => clearTimeout(late));
    socket.on('data', read);
    socket.write(encodeWire({ challenge: Buffer.from(challenge).toString('base64') }));
  }

  #admit(socket: TLSSocket, greeting: Greeting): void {
    const { name, enter } = this.#options.admit(greeting);
    this.#waiting.delete(peerOf(socket));
    enter?.(socket);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    socket.write(encodeWire({ ok: { name } }));
    if (enter === undefined) socket.end();
  }

  #refuse(socket: TLSSocket, error: unknown): void {
    this.#count('remoteRefused');
    this.#strangers.failed(socket.remoteAddress ?? '', this.#options.nowMs());
    const code = error instanceof CodedError ? error.code : 'WIRE_INVALID';
    socket.end(encodeWire({ error: { code } }));
    setTimeout(() => socket.destroy(), LAST_WORDS_MS).unref();
  }

  #count(name: string): void {
    this.counts[name] = (this.counts[name] ?? 0) + 1;
  }
}

const KEEP_ALIVE_MS = 30_000;
/** What a refused stranger may take to read why. */
const LAST_WORDS_MS = 1_000;

const peerOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress}|${remotePort}`;

import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CodedError, LIMITS, type Random } from '@spoor/core';
import type { IngestOptions } from '../options.ts';
import type { GrpcIngest } from './grpc.ts';
import { HttpIngest, TRACES_PATH } from './http.ts';
import { ForeignIntake } from './intake.ts';
import type { ForeignQuestion } from './told.ts';

export interface IngestSetup {
  readonly options: IngestOptions;
  readonly ask: (question: ForeignQuestion) => Promise<unknown>;
  readonly isBearer: (header: string | undefined) => boolean;
  readonly random: Random;
}

/** Where telemetry may be sent, besides the hub's own port. */
export interface IngestAddresses {
  readonly http?: string;
  readonly grpc?: string;
}

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost']);

/** The doors for telemetry: the hub's own port always, others where the owner wants them. */
export class Ingest {
  readonly #setup: IngestSetup;
  readonly #intake: ForeignIntake;
  readonly #servers: Server[] = [];
  #grpc: GrpcIngest | undefined;
  #addresses: IngestAddresses = {};

  private constructor(setup: IngestSetup) {
    this.#setup = setup;
    this.#intake = new ForeignIntake(setup);
  }

  /** Rejects with PORT_IN_USE. */
  static async open(setup: IngestSetup): Promise<Ingest> {
    const ingest = new Ingest(setup);
    const { port, grpcPort } = setup.options;
    const http = port === undefined ? {} : { http: await ingest.#listen(port) };
    const grpc = grpcPort === undefined ? {} : { grpc: await ingest.#listenGrpc(grpcPort) };
    ingest.#addresses = { ...http, ...grpc };
    return ingest;
  }

  get addresses(): IngestAddresses {
    return this.#addresses;
  }

  get counts(): Readonly<Record<string, number>> {
    return this.#intake.counts;
  }

  /** On the hub's own port: before the API, behind the same token. */
  before(rest: RequestListener, hosts: () => ReadonlySet<string>): RequestListener {
    const http = new HttpIngest({
      intake: this.#intake,
      refuses: (request) => this.#refusesOnHub(request, hosts()),
    });
    return (request, response) => {
      if (pathOf(request) === TRACES_PATH) void http.handle(request, response);
      else rest(request, response);
    };
  }

  async close(): Promise<void> {
    await this.#grpc?.close();
    for (const server of this.#servers) {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    }
  }

  #refusesOnHub(request: IncomingMessage, hosts: ReadonlySet<string>): CodedError | undefined {
    if (!hosts.has(request.headers.host ?? '')) return new CodedError('FORBIDDEN_ORIGIN', 'host');
    return this.#refusesPages(request) ?? this.#refusesStrangers(request);
  }

  /**
   * A port of its own needs no token on loopback, as exporters expect; then it is closed to pages
   * of browsers, which a name of somebody's choice may lead here.
   */
  #refusesOnOwnPort(request: IncomingMessage, hosts: ReadonlySet<string>): CodedError | undefined {
    if (!LOOPBACK.has(this.#setup.options.host)) return this.#refusesStrangers(request);
    if (!hosts.has(request.headers.host ?? '')) return new CodedError('FORBIDDEN_ORIGIN', 'host');
    return this.#refusesPages(request);
  }

  #refusesPages(request: IncomingMessage): CodedError | undefined {
    return request.headers.origin === undefined
      ? undefined
      : new CodedError('FORBIDDEN_ORIGIN', 'origin');
  }

  #refusesStrangers(request: IncomingMessage): CodedError | undefined {
    return this.#setup.isBearer(request.headers.authorization)
      ? undefined
      : new CodedError('UNAUTHORIZED');
  }

  async #listen(port: number): Promise<string> {
    const { host } = this.#setup.options;
    let hosts: ReadonlySet<string> = new Set();
    const http = new HttpIngest({
      intake: this.#intake,
      refuses: (request) => this.#refusesOnOwnPort(request, hosts),
    });
    const server = createServer(
      { headersTimeout: LIMITS.ingestBodyMs, requestTimeout: LIMITS.ingestBodyMs },
      (request, response) => {
        if (pathOf(request) === TRACES_PATH) void http.handle(request, response);
        else response.writeHead(404).end();
      },
    );
    server.maxConnections = LIMITS.ingestConnectionsMax;
    this.#servers.push(server);
    const bound = await listening(server, host, port);
    hosts = new Set([...LOOPBACK, '[::1]', host].map((name) => `${name}:${bound}`));
    return `http://${shown(host)}:${bound}`;
  }

  async #listenGrpc(port: number): Promise<string> {
    const { host } = this.#setup.options;
    // Loaded only where it is wanted.
    const { GrpcIngest } = await import('./grpc.ts');
    const open = LOOPBACK.has(host);
    const isBearer = open ? (): boolean => true : this.#setup.isBearer;
    this.#grpc = new GrpcIngest({ intake: this.#intake, isBearer });
    return `${shown(host)}:${await this.#grpc.listen(host, port)}`;
  }
}

const shown = (host: string): string => (host.includes(':') ? `[${host}]` : host);

const pathOf = (request: IncomingMessage): string => request.url?.split('?')[0] ?? '';

function listening(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? new CodedError('PORT_IN_USE', String(port)) : error),
    );
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

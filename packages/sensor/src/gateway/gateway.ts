import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CodedError, type ErrorCode, type JsonRpcId, LIMITS, systemRandom } from '@spoor/core';
import { refuse, sendJson } from './answers.ts';
import { Bodies } from './body.ts';
import { Counts } from './counts.ts';
import { createGuard, type Guard } from './guard.ts';
import { createHttpServer } from './http-server.ts';
import { isMirrored } from './mirror.ts';
import type { GatewayOptions } from './options.ts';
import { ADMITTED, type Admission } from './resource.ts';
import { type Route, Routes } from './routes.ts';
import { readSaid, type Said } from './said.ts';
import { type Seat, Sensing } from './sensing.ts';
import { openUpstream, type Upstream } from './upstream.ts';

/** A gateway that listens. */
export interface Gateway {
  readonly port: number;
  /** What was done and refused, by code. */
  readonly counts: Readonly<Record<string, number>>;
  /** Ends every stream, tells the hub the last, and stops. */
  close(): Promise<void>;
}

/** Throws GATEWAY_CONFIG or OUTBOUND_REFUSED where it cannot be set up. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const serving = new Serving(options);
  await serving.listen();
  return serving;
}

/** A request whose body counts as held until its response is over. */
interface Held {
  bytes: number;
  over: boolean;
}

/** What stands before an upstream: is it allowed, where does it go, what does it say? */
class Serving implements Gateway {
  readonly #options: GatewayOptions;
  readonly #counts = new Counts();
  readonly #bodies = new Bodies();
  readonly #guard: Guard;
  readonly #routes: Routes<Upstream>;
  readonly #sensing: Sensing;
  readonly #upstreams: readonly Upstream[];
  readonly #server: Server;
  #underWay = 0;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#guard = createGuard(options.hosts, options.origins);
    this.#upstreams = options.upstreams.map((one) => openUpstream(one, options.timing));
    this.#routes = new Routes(this.#upstreams);
    this.#sensing = new Sensing(options, this.#routes, this.#counts, systemRandom);
    this.#server = createHttpServer(options.timing ?? {}, this.#counts, (request, response) =>
      this.#receive(request, response),
    );
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get counts(): Readonly<Record<string, number>> {
    return this.#counts.values;
  }

  listen(): Promise<void> {
    const { listen, port } = this.#options;
    return new Promise((resolve, reject) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) =>
        reject(new CodedError('GATEWAY_CONFIG', `${listen}:${port} ${error.code}`, error)),
      );
      this.#server.listen(port, listen, () => resolve());
    });
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
    const closing = this.#upstreams.map(({ client, resource }) => [
      client.close(),
      resource?.close(),
    ]);
    await Promise.all(closing.flat());
    await this.#sensing.close();
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    this.#counts.add('requests');
    this.#underWay += 1;
    response.sendDate = false;
    const held: Held = { bytes: 0, over: false };
    response.once('close', () => {
      this.#underWay -= 1;
      held.over = true;
      this.#bodies.release(held.bytes);
    });
    // A connection that breaks shows in 'close'.
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    this.#handle(request, response, held).catch(() => {
      this.#counts.add('faults');
      response.destroy();
    });
  }

  /** Of an upstream whose authorization is the gateway's (RFC 9728). */
  #metadataFor({ method, url = '' }: IncomingMessage): object | undefined {
    if (method !== 'GET' || !url.startsWith('/.well-known/')) return undefined;
    return this.#upstreams.find(({ resource }) => resource?.metadataPath === url)?.resource
      ?.metadata;
  }

  async #handle(request: IncomingMessage, response: ServerResponse, held: Held): Promise<void> {
    const refusal = this.#guard.check(request);
    const metadata = refusal === undefined ? this.#metadataFor(request) : undefined;
    if (metadata !== undefined) return sendJson(response, metadata);
    const route = refusal === undefined ? this.#routes.find(request) : undefined;
    if (route === undefined) return this.#refuse(response, refusal ?? 'GATEWAY_ROUTE');
    if (this.#underWay > LIMITS.gatewayStreamsMax) return this.#refuse(response, 'GATEWAY_BUSY');
    const { resource } = route.upstream;
    const admission = resource === undefined ? ADMITTED : await resource.admit(request);
    if (admission.status === 'refused')
      return this.#refuse(response, admission.code, null, admission.headers);
    const read = this.#bodies.read(request);
    const body = read instanceof Promise ? await read : read;
    if (body.status === 'gone') return;
    if (body.status === 'refused') return this.#refuse(response, body.code);
    const { bytes } = body;
    if (held.over) return this.#bodies.release(bytes.length);
    held.bytes = bytes.length;
    return this.#pass(request, response, route, bytes, admission);
  }

  /** Waits only where it has to: most requests go on at once. */
  #pass(
    request: IncomingMessage,
    response: ServerResponse,
    route: Route<Upstream>,
    bytes: Buffer,
    admitted: Extract<Admission, { readonly status: 'admitted' }>,
  ): Promise<void> | undefined {
    const said = readSaid(request, route.isEndpoint, bytes);
    const message = said?.message;
    if (message?.kind === 'request' || message?.kind === 'notification') {
      const id = message.kind === 'request' ? message.id : null;
      if (!isMirrored(message, request.headers)) {
        this.#refuse(response, 'HEADER_MISMATCH', id);
        return undefined;
      }
    }
    const seat = this.#sensing.seat(request, route, admitted);
    if (seat instanceof Promise || said?.unreadable !== undefined)
      return this.#passLater(seat, response, said, bytes);
    return seat.pass(response, said, bytes);
  }

  async #passLater(
    seated: Seat | Promise<Seat>,
    response: ServerResponse,
    said: Said | undefined,
    bytes: Buffer,
  ): Promise<void> {
    const seat = await seated;
    if (said?.unreadable !== undefined && (await seat.refuses(said.unreadable)))
      return this.#refuse(response, 'FRAME_UNREADABLE');
    return seat.pass(response, said, bytes);
  }

  #refuse(
    response: ServerResponse,
    code: ErrorCode,
    id: JsonRpcId | null = null,
    headers: Readonly<Record<string, string>> = {},
  ): void {
    this.#counts.add(code);
    refuse(response, code, id, { connection: 'close', ...headers });
  }
}

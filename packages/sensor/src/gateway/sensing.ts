import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Carrier, Random, UnreadableReason } from '@spoor/core';
import { Reporter } from '../reporter.ts';
import { claimedBy } from './claim.ts';
import { type Client, Clients, identityOf } from './clients.ts';
import { Conversations, type Talk } from './conversations.ts';
import type { Counts } from './counts.ts';
import { requestHeaders } from './headers.ts';
import type { GatewayOptions } from './options.ts';
import { Passage } from './passage.ts';
import { type Peer, Peers } from './peers.ts';
import type { Admission } from './resource.ts';
import type { Route, Routes } from './routes.ts';
import type { Said } from './said.ts';
import type { Upstream } from './upstream.ts';

const SWEEP_EVERY_MS = 60_000;

/** What a gateway knows of who speaks with whom. */
export class Sensing {
  readonly counts: Counts;
  readonly conversations: Conversations;
  readonly routes: Routes<Upstream>;
  readonly #clients = new Clients();
  readonly #peers: Peers;
  readonly #sweep: NodeJS.Timeout;
  readonly #reporter: Reporter;
  #passages = 0;

  constructor(options: GatewayOptions, routes: Routes<Upstream>, counts: Counts, random: Random) {
    this.counts = counts;
    this.routes = routes;
    this.conversations = new Conversations(random, counts);
    this.#peers = new Peers(options, random, counts);
    this.#reporter = new Reporter({
      about: options.upstreams.map(({ name }) => name).join('+'),
      random,
      counts: () => counts.values,
      hub: () => this.#peers.connected ?? (routes.first && this.#peers.own(routes.first)),
    });
    this.#sweep = setInterval(() => this.#peers.sweep(Date.now()), SWEEP_EVERY_MS).unref();
  }

  /** Finds out who asks: from here on, the request belongs to somebody. */
  seat(request: IncomingMessage, route: Route<Upstream>, admitted: Admitted): Seat | Promise<Seat> {
    const sit = (client: Client): Seat => {
      this.#passages += 1;
      return new Seat(this, { request, route, client, admitted, number: this.#passages });
    };
    const found = this.#clients.of(request.socket);
    return found instanceof Promise ? found.then(sit) : sit(found);
  }

  peer({ route, client, request, admitted }: Place, session: string | undefined): Peer {
    return this.#peers.of(route.upstream, identityOf(client, request, session, admitted.claims));
  }

  async close(): Promise<void> {
    clearInterval(this.#sweep);
    await this.conversations.close();
    await this.#reporter.close();
    await this.#peers.close();
  }
}

type Admitted = Extract<Admission, { readonly status: 'admitted' }>;

interface Place {
  readonly request: IncomingMessage;
  readonly route: Route<Upstream>;
  readonly client: Client;
  readonly admitted: Admitted;
  readonly number: number;
}

/** One request, with its place in a conversation. */
export class Seat {
  readonly #sensing: Sensing;
  readonly #place: Place;
  readonly #request: IncomingMessage;
  readonly #route: Route<Upstream>;
  /** The legacy session that it names, or that its path does. */
  readonly #session: string | undefined;
  /** Of the stream that this request has opened. */
  #opened: string | undefined;

  constructor(sensing: Sensing, place: Place) {
    this.#sensing = sensing;
    this.#place = place;
    this.#request = place.request;
    this.#route = place.route;
    this.#session = sessionHeader(place.request) ?? place.route.session;
  }

  /** Notes a message that nobody can read; in `enforce` it does not go on. */
  async refuses(reason: UnreadableReason): Promise<boolean> {
    const { conversation } = this.#talk(this.#session);
    conversation.unreadable(reason);
    this.#sensing.counts.add('unreadable');
    await conversation.ready;
    return conversation.mode === 'enforce';
  }

  /** Undefined where the request has gone on already. */
  pass(response: ServerResponse, said: Said | undefined, bytes: Buffer): Promise<void> | undefined {
    const { upstream, path, isEndpoint } = this.#route;
    const { method = 'GET', rawHeaders } = this.#request;
    const readable = said !== undefined || (isEndpoint && method === 'GET');
    const { boundary, toServer } = upstream;
    const body = said === undefined ? bytes : boundary.toServer(said.frame, said.message);
    const carrier = this.#request.headers as Carrier;
    const asked = said?.message?.kind === 'request' ? said.message : undefined;
    if (asked !== undefined) boundary.beside(asked, carrier);
    this.#vouch(said);
    const given = asked === undefined ? undefined : boundary.crossingOf(asked)?.given;
    const { authorization } = this.#place.admitted;
    const headers = requestHeaders(rawHeaders, {
      ...(authorization === undefined ? {} : { authorization }),
      host: this.#host(),
      readable,
      trace: { drops: toServer.drops, instead: toServer.instead(carrier, given) },
    });
    const passage = new Passage({
      request: this.#request,
      response,
      counts: this.#sensing.counts,
      said,
      readable,
      talk: (given) => this.#talk(given ?? this.#session),
      scope: this.#session === undefined ? `${this.#place.number}:` : '',
      upstream,
      body,
      send: (reader, bytes) => {
        const sent = { method, path, headers, body: bytes.length === 0 ? null : bytes };
        return upstream.client.send(sent, reader);
      },
      onEndpoint: (uri) => this.#named(uri),
      onOver: (status) => this.#over(status),
    });
    return passage.begin();
  }

  /** The token beside the request stands for each that it carries. */
  #vouch(said: Said | undefined): void {
    const { token } = this.#place.admitted;
    const message = said?.message;
    const { boundary, resource } = this.#route.upstream;
    const asked = message?.kind === 'batch' ? message.messages : [message];
    const requests = asked.filter((one) => one?.kind === 'request');
    const { authorization } = this.#request.headers;
    const claimed = resource === undefined ? claimedBy(authorization) : undefined;
    for (const request of requests) {
      if (token !== undefined) boundary.bearing(request, token);
      if (claimed !== undefined) boundary.claiming(request, claimed);
    }
  }

  #talk(session: string | undefined): Talk {
    const { conversations } = this.#sensing;
    return session === undefined
      ? conversations.ofPeer(this.#peer(undefined))
      : conversations.ofSession(this.#key(session), () => this.#peer(session));
  }

  #peer(session: string | undefined): Peer {
    return this.#sensing.peer(this.#place, session);
  }

  /** A session belongs to whom it was opened for: nobody else speaks in it. */
  #key(session: string): string {
    const { issuer, subject } = this.#place.admitted.claims ?? {};
    return JSON.stringify([this.#route.upstream.options.name, issuer, subject, session]);
  }

  #host(): string {
    const { options } = this.#route.upstream;
    return options.host === 'preserve'
      ? (this.#request.headers.host ?? options.url.host)
      : options.url.host;
  }

  /** A stream of the oldest transport is a session of its own. */
  #named(uri: string): Talk {
    this.#opened = this.#sensing.routes.name(uri, this.#request.url ?? '/', this.#route);
    return this.#talk(this.#opened);
  }

  #over(status: number): void {
    const { conversations, routes } = this.#sensing;
    if (this.#opened !== undefined) {
      routes.forget(this.#opened);
      conversations.end(this.#key(this.#opened));
    }
    const ended = this.#request.method === 'DELETE' && status > 0 && status < 300;
    if (ended && this.#session !== undefined) conversations.end(this.#key(this.#session));
  }
}

function sessionHeader({ headers }: IncomingMessage): string | undefined {
  const value = headers['mcp-session-id'];
  return Array.isArray(value) ? value[0] : value;
}

import { LIMITS, type Random, safeName, uuidv7 } from '@spoor/core';
import type { Boundary } from '../boundary.ts';
import { findHost } from '../host.ts';
import { HubClient } from '../hubclient.ts';
import type { Identity } from './clients.ts';
import type { Counts } from './counts.ts';
import type { GatewayOptions, UpstreamOptions } from './options.ts';
import type { Upstream } from './upstream.ts';

/** One client's session with one upstream: one connection to the hub. */
export interface Peer {
  readonly hub: HubClient;
  readonly boundary: Boundary;
  lastMs: number;
}

/** The hub connections of a gateway, made when they are needed and given up when they idle. */
export class Peers {
  readonly #options: GatewayOptions;
  readonly #random: Random;
  readonly #counts: Counts;
  /** The longest idle first. */
  readonly #peers = new Map<string, Peer>();
  #newest = '';

  constructor(options: GatewayOptions, random: Random, counts: Counts) {
    this.#options = options;
    this.#random = random;
    this.#counts = counts;
  }

  get size(): number {
    return this.#peers.size;
  }

  of({ options: upstream, boundary }: Upstream, identity: Identity): Peer {
    const { process } = identity.host;
    const who = identity.session ?? `${process.pid}.${process.start}`;
    const key = `${upstream.name} ${who}`;
    const peer = this.#peers.get(key) ?? this.#connect(upstream, identity, boundary);
    if (key !== this.#newest) {
      this.#newest = key;
      this.#peers.delete(key);
      this.#peers.set(key, peer);
    }
    peer.lastMs = Date.now();
    return peer;
  }

  /** A connection that stands, the newest first. */
  get connected(): HubClient | undefined {
    return [...this.#peers.values()].findLast(({ hub }) => hub.connected)?.hub;
  }

  /** The gateway's own, where no client has one. */
  own(upstream: Upstream): HubClient {
    return this.of(upstream, { host: findHost() }).hub;
  }

  /** Gives up what has been silent for long. */
  sweep(nowMs: number): void {
    for (const [key, peer] of this.#peers) {
      if (nowMs - peer.lastMs < LIMITS.gatewayIdleMs) return;
      this.#drop(key, peer);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#peers.values()].map(({ hub }) => hub.close()));
    this.#peers.clear();
    this.#newest = '';
  }

  #connect(
    upstream: UpstreamOptions,
    { host, session, claims }: Identity,
    boundary: Boundary,
  ): Peer {
    const [oldest] = this.#peers;
    if (this.#peers.size >= LIMITS.gatewayPeersMax && oldest !== undefined) {
      this.#counts.add('peersDropped');
      this.#drop(...oldest);
    }
    const { home, version, rulesFolder, startHub } = this.#options;
    const hub = new HubClient({
      home,
      hello: {
        protocol: 1,
        sensor: { id: uuidv7(Date.now(), this.#random), kind: 'gateway', version },
        server: {
          name: safeName(upstream.name, () => 'server'),
          transport: upstream.command === undefined ? 'http' : 'stdio',
        },
        host,
        ...(session === undefined ? {} : { session }),
        ...(claims === undefined ? {} : { claims }),
        ...(upstream.mode === undefined ? {} : { mode: upstream.mode }),
      },
      random: this.#random,
      rulesFolder,
      ...(startHub === undefined ? {} : { startHub }),
    });
    return { hub, boundary, lastMs: Date.now() };
  }

  #drop(key: string, { hub }: Peer): void {
    if (key === this.#newest) this.#newest = '';
    this.#peers.delete(key);
    void hub.close();
  }
}

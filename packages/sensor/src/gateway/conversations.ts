import { LIMITS, type Random, systemClock } from '@spoor/core';
import { Conversation } from '../conversation.ts';
import type { Counts } from './counts.ts';
import type { Peer } from './peers.ts';

/** A conversation, and where Spoor may speak in it unasked. */
export interface Talk {
  readonly conversation: Conversation;
  /** Puts an event of Spoor's own on the client's stream; only in the oldest transport. */
  speak?: (event: Uint8Array) => void;
}

/**
 * Who is in the midst of what. A legacy session is a conversation of its own; all else that a
 * client says to an upstream is one.
 */
export class Conversations {
  readonly #random: Random;
  readonly #counts: Counts;
  /** The longest idle first. */
  readonly #bySession = new Map<string, Talk>();
  readonly #byPeer = new WeakMap<Peer, Talk>();

  constructor(random: Random, counts: Counts) {
    this.#random = random;
    this.#counts = counts;
  }

  /** The conversation of a legacy session, begun now if it is not known. */
  ofSession(key: string, peer: () => Peer): Talk {
    const talk = this.#bySession.get(key) ?? this.#begin(peer());
    this.#bySession.delete(key);
    const [oldest] = this.#bySession.keys();
    if (this.#bySession.size >= LIMITS.gatewayConversationsMax && oldest !== undefined) {
      this.#counts.add('conversationsDropped');
      this.end(oldest);
    }
    this.#bySession.set(key, talk);
    return talk;
  }

  ofPeer(peer: Peer): Talk {
    const known = this.#byPeer.get(peer);
    if (known !== undefined) return known;
    const talk = this.#begin(peer);
    this.#byPeer.set(peer, talk);
    return talk;
  }

  end(key: string): void {
    this.#bySession.get(key)?.conversation.ended('session_ended');
    this.#bySession.delete(key);
  }

  async close(): Promise<void> {
    const talks = [...this.#bySession.keys()].map((key) => {
      const talk = this.#bySession.get(key);
      this.end(key);
      return talk?.conversation.settled();
    });
    await Promise.all(talks);
  }

  #begin(peer: Peer): Talk {
    const conversation = new Conversation({
      hub: peer.hub,
      boundary: peer.boundary,
      clock: systemClock,
      random: this.#random,
    });
    return { conversation };
  }
}

import { assert } from '@spoor/core';

/**
 * One direction of a relay: pieces leave in the order in which they came, and a piece that waits
 * holds those behind it.
 */
export interface Slot {
  /** Lets the piece go on as it is, or as other bytes. */
  release(bytes?: Uint8Array): void;
  /** Takes the piece out. */
  drop(): void;
}

interface Piece {
  bytes: Uint8Array;
  state: 'waiting' | 'ready' | 'dropped';
}

export class Lane {
  readonly #write: (bytes: Uint8Array) => void;
  #queue: Piece[] = [];
  #waitingBytes = 0;
  #idle: (() => void)[] = [];

  constructor(write: (bytes: Uint8Array) => void) {
    this.#write = write;
  }

  /** Bytes that wait, for back-pressure. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  pass(bytes: Uint8Array): void {
    if (this.#queue.length === 0) this.#write(bytes);
    else this.#push({ bytes, state: 'ready' });
  }

  hold(bytes: Uint8Array): Slot {
    const piece: Piece = { bytes, state: 'waiting' };
    this.#push(piece);
    const settle = (state: 'ready' | 'dropped', replacement?: Uint8Array): void => {
      assert(piece.state === 'waiting', 'a held piece is settled once');
      if (replacement !== undefined) {
        this.#waitingBytes += replacement.length - piece.bytes.length;
        piece.bytes = replacement;
      }
      piece.state = state;
      this.#flush();
    };
    return {
      release: (replacement) => settle('ready', replacement),
      drop: () => settle('dropped'),
    };
  }

  /** Resolves when nothing waits. */
  idle(): Promise<void> {
    if (this.#queue.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  #push(piece: Piece): void {
    this.#queue.push(piece);
    this.#waitingBytes += piece.bytes.length;
  }

  #flush(): void {
    let sent = 0;
    for (const piece of this.#queue) {
      if (piece.state === 'waiting') break;
      sent += 1;
      this.#waitingBytes -= piece.bytes.length;
      if (piece.state === 'ready') this.#write(piece.bytes);
    }
    this.#queue = this.#queue.slice(sent);
    if (this.#queue.length > 0) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}

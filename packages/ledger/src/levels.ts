import { Waits } from './waits.ts';

/**
 * How sure an entry is; each level has those before it. `buffered`: sequenced, in memory.
 * `durable`: on disk. `integrated`: in the published tree, under a signed checkpoint.
 * `witnessed`: in a tree that a quorum of witnesses has cosigned.
 */
export const ACK_LEVELS = ['buffered', 'durable', 'integrated', 'witnessed'] as const;
export type AckLevel = (typeof ACK_LEVELS)[number];

/** Callers that wait for the tree to hold them, published or cosigned. */
export class TreeWaits {
  readonly #integrated = new Waits();
  readonly #witnessed = new Waits();
  #published: number;
  #cosigned: number;

  constructor(published: number, cosigned: number) {
    this.#published = published;
    this.#cosigned = cosigned;
  }

  published(size: number): void {
    this.#published = Math.max(size, this.#published);
    this.#integrated.resolveThrough(size);
  }

  cosigned(size: number): void {
    this.#cosigned = Math.max(size, this.#cosigned);
    this.#witnessed.resolveThrough(size);
  }

  /** Resolves when a tree of that size is there. @param signal Ends the wait, with its reason. */
  for(level: 'integrated' | 'witnessed', size: number, signal?: AbortSignal): Promise<void> {
    const isThere = size <= (level === 'integrated' ? this.#published : this.#cosigned);
    if (isThere) return Promise.resolve();
    const waits = level === 'integrated' ? this.#integrated : this.#witnessed;
    return waits.for(size, signal);
  }

  rejectAll(error: Error): void {
    this.#integrated.rejectAll(error);
    this.#witnessed.rejectAll(error);
  }
}

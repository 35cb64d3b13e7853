import { OutboundError } from './failure.ts';

/** Lets a number of requests through at a time, and holds back a number more. */
export class Gate {
  readonly #concurrentMax: number;
  readonly #waitingMax: number;
  readonly #waiting = new Set<() => void>();
  #underway = 0;

  constructor(concurrentMax: number, waitingMax: number) {
    this.#concurrentMax = concurrentMax;
    this.#waitingMax = waitingMax;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * @returns what gives the place back
   * @throws OutboundError `busy` where too many wait already; the signal's reason once it is over
   */
  async enter(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#underway < this.#concurrentMax) this.#underway += 1;
    else await this.#wait(signal);
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#leave();
    };
  }

  #wait(signal: AbortSignal): Promise<void> {
    if (this.#waiting.size >= this.#waitingMax) throw new OutboundError('busy', '');
    return new Promise((resolve, reject) => {
      const enter = (): void => {
        signal.removeEventListener('abort', giveUp);
        resolve();
      };
      const giveUp = (): void => {
        this.#waiting.delete(enter);
        reject(signal.reason);
      };
      this.#waiting.add(enter);
      signal.addEventListener('abort', giveUp, { once: true });
    });
  }

  /** The place goes to whoever has waited longest. */
  #leave(): void {
    const [next] = this.#waiting;
    if (next === undefined) this.#underway -= 1;
    else {
      this.#waiting.delete(next);
      next();
    }
  }
}

/** Waiting as an argument, so that a simulator can run the ledger's clockwork. */
export interface Timer {
  /** Runs once after that time; the result calls it off. */
  after(delayMs: number, run: () => void): () => void;
}

export const systemTimer: Timer = {
  after(delayMs, run) {
    const handle = setTimeout(run, delayMs);
    return () => clearTimeout(handle);
  },
};

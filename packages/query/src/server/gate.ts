import { CodedError, LIMITS } from '@spoor/core';

interface Counted {
  minute: number;
  calls: number;
}

/** How often, and how much at once, each caller may ask with each tool. */
export class Gate {
  readonly #perTool = new Map<string, number>();
  readonly #perCaller = new Map<string, number>();
  readonly #perMinute = new Map<string, Counted>();
  #refused = 0;

  /** Calls that were refused since the server began. */
  get refused(): number {
    return this.#refused;
  }

  /** Calls that have not ended yet. */
  get underWay(): number {
    return [...this.#perTool.values()].reduce((sum, calls) => sum + calls, 0);
  }

  /** Throws QUERY_BUSY. What it returns is called once the call has ended. */
  enter(tool: string, caller: string, nowMs: number): () => void {
    const toolCalls = this.#perTool.get(tool) ?? 0;
    const callerCalls = this.#perCaller.get(caller) ?? 0;
    const isFull =
      toolCalls >= LIMITS.queryCallsPerToolMax ||
      callerCalls >= LIMITS.queryCallsPerCallerMax ||
      !this.#inTime(`${tool} ${caller}`, Math.floor(nowMs / 60_000));
    if (isFull) {
      this.#refused += 1;
      throw new CodedError('QUERY_BUSY');
    }
    this.#perTool.set(tool, toolCalls + 1);
    this.#perCaller.set(caller, callerCalls + 1);
    return () => {
      less(this.#perTool, tool);
      less(this.#perCaller, caller);
    };
  }

  #inTime(key: string, minute: number): boolean {
    const counted = this.#perMinute.get(key);
    const calls = counted?.minute === minute ? counted.calls + 1 : 1;
    if (calls > LIMITS.queryCallsPerMinuteMax) return false;
    this.#perMinute.delete(key);
    this.#perMinute.set(key, { minute, calls });
    const [oldest] = this.#perMinute.keys();
    if (this.#perMinute.size > LIMITS.queryCallersMax && oldest !== undefined)
      this.#perMinute.delete(oldest);
    return true;
  }
}

function less(counts: Map<string, number>, key: string): void {
  const left = (counts.get(key) ?? 1) - 1;
  if (left > 0) counts.set(key, left);
  else counts.delete(key);
}

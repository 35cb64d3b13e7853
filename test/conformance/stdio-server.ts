import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';

/** How long a server may take to end by itself once its input has ended. */
const END_MS = 2_000;

/** A running stdio server: whole lines in, whole lines out, untouched. `onEnd` comes once. */
export class StdioServer {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #ended: Promise<unknown>;
  /** From then on nothing is answered. */
  ended = false;

  constructor(
    [program = '', ...args]: readonly string[],
    onLine: (line: string) => void,
    onEnd: () => void,
  ) {
    this.#child = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'] });
    this.#ended = Promise.race([once(this.#child, 'close'), once(this.#child, 'error')]).catch(
      () => undefined,
    );
    this.#ended.then(() => {
      this.ended = true;
      onEnd();
    });
    // A server that has died cannot be written to; its silence shows in the suite's results.
    this.#child.stdin.on('error', () => undefined);
    createInterface({ input: this.#child.stdout }).on('line', onLine);
  }

  send(line: string): void {
    this.#child.stdin.write(`${line}\n`);
  }

  async close(): Promise<void> {
    this.#child.stdin.end();
    const late = delay(END_MS, 'late', { ref: false });
    if ((await Promise.race([this.#ended, late])) === 'late') {
      this.#child.kill('SIGKILL');
      await this.#ended;
    }
  }
}

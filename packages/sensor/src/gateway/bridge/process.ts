import { FrameSplitter, isBlank } from '@spoor/core';
import { type Child, startChild } from '../../child.ts';

const END_WITHIN_MS = 2_000;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;

/** A server that speaks lines. Its standard error is the gateway's own. */
export class LineServer {
  readonly #child: Child;
  readonly #splitter = new FrameSplitter();
  /** From then on nothing is answered. */
  ended = false;

  constructor(
    [program = '', ...args]: readonly string[],
    onLine: (line: Uint8Array) => void,
    onEnd: () => void,
  ) {
    this.#child = startChild(program, args, process.env);
    const { stdin, stdout } = this.#child.process;
    // A server that has died cannot be written to; that it has shows in its exit.
    stdin.on('error', () => undefined);
    stdout.on('error', () => undefined);
    stdout.on('data', (chunk: Buffer) => {
      for (const frame of this.#splitter.push(chunk))
        if (frame.kind === 'line' && !isBlank(frame)) onLine(frame.bytes);
    });
    const over = (): void => {
      this.ended = true;
      onEnd();
    };
    this.#child.exit.then(over, over);
  }

  /** A body may have line breaks between its tokens, where a blank does as well; a line may not. */
  send(message: Uint8Array): void {
    const line = message.map((byte) => (byte === LF || byte === CR ? SPACE : byte));
    this.#child.process.stdin.write(line);
    this.#child.process.stdin.write('\n');
  }

  async close(): Promise<void> {
    const { process: child, exit } = this.#child;
    child.stdin.end();
    const late = setTimeout(() => child.kill('SIGKILL'), END_WITHIN_MS);
    await exit.catch(() => undefined);
    clearTimeout(late);
  }
}

import { type ChildProcess, spawn } from 'node:child_process';

/** A process that speaks JSON-RPC lines: raw, so that no SDK's cost is measured. */
export class Peer {
  readonly process: ChildProcess;
  readonly #waiting = new Map<number, (line: string) => void>();
  #held = '';
  #id = 0;

  constructor(command: readonly string[], env: NodeJS.ProcessEnv) {
    const [program = '', ...args] = command;
    this.process = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'], env });
    this.process.stdout?.setEncoding('utf8').on('data', (text: string) => this.#read(text));
  }

  /** Resolves with the line of the answer. */
  ask(method: string, params: object): Promise<string> {
    const id = ++this.#id;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.process.stdin?.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    });
  }

  async open(): Promise<this> {
    const clientInfo = { name: 'bench', version: '1' };
    await this.ask('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo });
    this.process.stdin?.write('{"jsonrpc":"2.0","method":"notifications/initialized"}\n');
    await this.ask('tools/list', {});
    return this;
  }

  close(): Promise<void> {
    const ended = new Promise<void>((resolve) => this.process.once('exit', () => resolve()));
    this.process.stdin?.end();
    return ended;
  }

  #read(text: string): void {
    const lines = (this.#held + text).split('\n');
    this.#held = lines.pop() ?? '';
    for (const line of lines) {
      const id = Number(/"id":(\d+)/.exec(line)?.[1]);
      const resolve = this.#waiting.get(id);
      this.#waiting.delete(id);
      resolve?.(line);
    }
  }
}

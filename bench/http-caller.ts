import { connect, type Socket } from 'node:net';

/**
 * One keep-alive connection that asks and waits in turn. Bytes on a socket: a client library would
 * be a large part of what is measured.
 */
export class HttpCaller {
  readonly #socket: Socket;
  readonly #head: string;
  #chunks: string[] = [];
  #done: ((answer: string) => void) | undefined;
  #id = 0;

  private constructor(socket: Socket, head: string) {
    this.#socket = socket;
    this.#head = head;
    socket.setNoDelay(true).setEncoding('latin1');
    socket.on('data', (chunk) => this.#read(chunk.toString()));
  }

  static open(port: number, path: string, session?: string): Promise<HttpCaller> {
    const headers = [
      `POST ${path} HTTP/1.1`,
      `Host: localhost:${port}`,
      'Content-Type: application/json',
      'Accept: application/json, text/event-stream',
      ...(session === undefined
        ? ['MCP-Protocol-Version: 2026-07-28', 'Mcp-Method: tools/call', 'Mcp-Name: echo']
        : ['MCP-Protocol-Version: 2025-11-25', `Mcp-Session-Id: ${session}`]),
    ];
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('error', reject);
      socket.once('connect', () => resolve(new HttpCaller(socket, headers.join('\r\n'))));
    });
  }

  /** Resolves with the whole answer, head and all. */
  call(text: string): Promise<string> {
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    const legacy = this.#head.includes('Mcp-Session-Id');
    const params = { name: 'echo', arguments: { text }, ...(legacy ? {} : { _meta }) };
    this.#id += 1;
    const body = JSON.stringify({ jsonrpc: '2.0', id: this.#id, method: 'tools/call', params });
    return new Promise((resolve) => {
      this.#done = resolve;
      this.#socket.write(`${this.#head}\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(chunk: string): void {
    this.#chunks.push(chunk);
    const answer = this.#chunks.length === 1 ? chunk : this.#chunks.join('');
    if (!isWhole(answer)) return;
    this.#chunks = [];
    this.#done?.(answer);
  }
}

function isWhole(answer: string): boolean {
  const body = answer.indexOf('\r\n\r\n') + 4;
  if (body < 4) return false;
  const length = /\r\ncontent-length: (\d+)\r\n/i.exec(answer)?.[1];
  return length === undefined
    ? answer.endsWith('0\r\n\r\n')
    : answer.length - body >= Number(length);
}

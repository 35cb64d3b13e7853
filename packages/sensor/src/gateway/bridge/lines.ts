import { type JsonRpcId, type Message, metaOf, parseMessage, type Request } from '@spoor/core';
import { LineServer } from './process.ts';
import type { Reply } from './reply.ts';

interface Pending {
  readonly request: Request;
  readonly reply: Reply;
}

const SUBSCRIPTION = 'io.modelcontextprotocol/subscriptionId';
/** Notifications that belong to no request go to the stream that a legacy client keeps open. */
const UNRELATED = /^notifications\/(resources|tools|prompts)\//;

/** HTTP statuses that the modern era asks for; every other error is an ordinary answer. */
const ERROR_STATUS: Readonly<Record<number, number>> = {
  [-32_700]: 400,
  [-32_600]: 400,
  [-32_601]: 404,
  [-32_020]: 400,
  [-32_021]: 400,
  [-32_022]: 400,
};

/**
 * Requests over HTTP to one process that speaks lines: its lines go to the right answers. Bytes of
 * messages stay as they are, ids with them, so no two that are under way may have the same.
 */
export class Lines {
  readonly #server: LineServer;
  readonly #pending = new Map<JsonRpcId, Pending>();
  readonly #modern: boolean;
  #standing: Reply | undefined;
  lastMs: number = Date.now();

  constructor(command: readonly string[], modern: boolean) {
    this.#modern = modern;
    this.#server = new LineServer(
      command,
      (line) => this.#onLine(line),
      () => this.#abandon(),
    );
  }

  get ended(): boolean {
    return this.#server.ended;
  }

  get busy(): boolean {
    return this.#pending.size > 0 || this.#standing !== undefined;
  }

  /** Would its id or its token be taken for another's? */
  collides({ id, params }: Request): boolean {
    if (this.#pending.has(id)) return true;
    const { progressToken } = metaOf(params);
    return progressToken !== undefined && this.#ownerOf(progressToken) !== undefined;
  }

  request(request: Request, message: Uint8Array, reply: Reply): void {
    if (this.#server.ended) {
      reply.broken();
      return;
    }
    this.#pending.set(request.id, { request, reply });
    this.tell(message);
  }

  tell(message: Uint8Array): void {
    this.lastMs = Date.now();
    this.#server.send(message);
  }

  /** The client has closed the answer: in the modern era that takes the request back. */
  gone({ id, params }: Request): void {
    if (!this.#pending.delete(id) || !this.#modern) return;
    const cancelled = { requestId: id, _meta: metaOf(params) };
    const method = 'notifications/cancelled';
    this.tell(Buffer.from(JSON.stringify({ jsonrpc: '2.0', method, params: cancelled })));
  }

  /** The stream on which a legacy server speaks unasked. */
  listen(reply: Reply): () => void {
    reply.open();
    this.#standing?.close();
    this.#standing = reply;
    return () => {
      if (this.#standing === reply) this.#standing = undefined;
    };
  }

  async close(): Promise<void> {
    this.#standing?.close();
    await this.#server.close();
  }

  #abandon(): void {
    for (const { reply } of this.#pending.values()) reply.broken();
    this.#pending.clear();
    this.#standing?.broken();
  }

  #onLine(line: Uint8Array): void {
    this.lastMs = Date.now();
    const message = parseMessage({ bytes: line, kind: 'line' });
    if (message.kind === 'invalid' || message.kind === 'batch') return;
    if (message.kind !== 'response') {
      this.#replyFor(message)?.event(line);
      return;
    }
    const pending = message.id === null ? undefined : this.#pending.get(message.id);
    if (pending === undefined || message.id === null) return;
    this.#pending.delete(message.id);
    const code = message.error?.code ?? 0;
    pending.reply.end(line, (this.#modern ? ERROR_STATUS[code] : undefined) ?? 200);
  }

  /**
   * Over lines only a token or a subscription says whose it is; else the newest is the best guess.
   */
  #replyFor(message: Exclude<Message, { kind: 'response' | 'batch' }>): Reply | undefined {
    const { method, params } = message;
    if (!this.#modern && UNRELATED.test(method)) return this.#standing;
    const subscription = metaOf(params)[SUBSCRIPTION] as JsonRpcId | undefined;
    const named =
      subscription === undefined
        ? this.#ownerOf(params.progressToken)
        : this.#pending.get(subscription);
    const newest = [...this.#pending.values()].at(-1);
    return (named ?? newest)?.reply ?? this.#standing;
  }

  #ownerOf(token: unknown): Pending | undefined {
    if (token === undefined) return undefined;
    for (const one of this.#pending.values())
      if (metaOf(one.request.params).progressToken === token) return one;
    return undefined;
  }
}

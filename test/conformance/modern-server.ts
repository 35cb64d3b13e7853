import { SUBSCRIPTION_ID_META_KEY } from '@modelcontextprotocol/server';
import { isFields, type Message, metaOf, parseMessage, withMeta } from './message.ts';
import type { Reply } from './reply.ts';
import { StdioServer } from './stdio-server.ts';

interface Pending {
  readonly request: Message;
  readonly reply: Reply;
}

/** HTTP statuses that the specification asks for; every other error is an ordinary answer. */
const ERROR_STATUS: Readonly<Record<number, number>> = {
  [-32700]: 400,
  [-32600]: 400,
  [-32601]: 404,
  [-32020]: 400,
  [-32021]: 400,
  [-32022]: 400,
};

/**
 * All modern requests share one server process. Clients choose their ids alone, so each request
 * gets an id of the bridge on the way in, and its own back in everything that comes out.
 */
export class ModernServer {
  readonly #server: StdioServer;
  readonly #pending = new Map<unknown, Pending>();
  #requests = 0;

  constructor(command: readonly string[]) {
    this.#server = new StdioServer(
      command,
      (line) => this.#onLine(line),
      () => this.#abandon(),
    );
  }

  request(request: Message, reply: Reply): void {
    if (this.#server.ended) {
      reply.abandon();
      return;
    }
    this.#requests += 1;
    const id = `bridge-${this.#requests}`;
    this.#pending.set(id, { request, reply });
    reply.onGone(() => this.#cancel(id, request));
    const { params } = request;
    const tokened = params !== undefined && metaOf(params).progressToken !== undefined;
    const own = tokened ? { params: withMeta(params, { progressToken: id }) } : {};
    this.tell(JSON.stringify({ ...request, id, ...own }));
  }

  tell(line: string): void {
    this.#server.send(line);
  }

  async close(): Promise<void> {
    this.#abandon();
    await this.#server.close();
  }

  /** A server that has died answers nothing more, and a client should not wait for it. */
  #abandon(): void {
    for (const { reply } of this.#pending.values()) reply.abandon();
    this.#pending.clear();
  }

  /** A client that closes its stream cancels; over stdio that is a notification. */
  #cancel(id: string, { params = {} }: Message): void {
    if (!this.#pending.delete(id)) return;
    const cancelled = { requestId: id, _meta: metaOf(params) };
    const method = 'notifications/cancelled';
    this.tell(JSON.stringify({ jsonrpc: '2.0', method, params: cancelled }));
  }

  #onLine(line: string): void {
    const message = parseMessage(line);
    if (message === undefined) return;
    if (message.method === undefined) this.#onResponse(message);
    else this.#onNotification(message);
  }

  #onResponse(message: Message): void {
    const pending = this.#pending.get(message.id);
    if (pending === undefined) return;
    this.#pending.delete(message.id);
    const status = ERROR_STATUS[message.error?.code ?? 0] ?? 200;
    const { id } = pending.request;
    const { result } = message;
    const owned = isFields(result) && metaOf(result)[SUBSCRIPTION_ID_META_KEY] !== undefined;
    const own = owned ? { result: withMeta(result, { [SUBSCRIPTION_ID_META_KEY]: id }) } : {};
    pending.reply.end(JSON.stringify({ ...message, id, ...own }), status);
  }

  #onNotification(message: Message): void {
    const { params = {} } = message;
    const subscription = metaOf(params)[SUBSCRIPTION_ID_META_KEY];
    const owner = this.#pending.get(subscription ?? params.progressToken);
    if (owner === undefined) {
      // Nothing in a log message says whose it is over stdio; the newest request is the best guess.
      [...this.#pending.values()].at(-1)?.reply.event(JSON.stringify(message));
      return;
    }
    const own =
      subscription === undefined
        ? { ...params, progressToken: metaOf(owner.request.params).progressToken }
        : withMeta(params, { [SUBSCRIPTION_ID_META_KEY]: owner.request.id });
    owner.reply.event(JSON.stringify({ ...message, params: own }));
  }
}

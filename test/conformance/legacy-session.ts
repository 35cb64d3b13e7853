import { type Message, metaOf, parseMessage } from './message.ts';
import type { Reply } from './reply.ts';
import { StdioServer } from './stdio-server.ts';

interface Pending {
  readonly reply: Reply;
  readonly token: unknown;
}

/** Notifications that belong to no request go to the stream that the client keeps open. */
const UNRELATED = /^notifications\/(resources|tools|prompts)\//;

/** One legacy session: one server process, whose lines go to the right streams of a client. */
export class LegacySession {
  readonly #server: StdioServer;
  readonly #pending = new Map<unknown, Pending>();
  #standalone: Reply | undefined;

  constructor(command: readonly string[]) {
    this.#server = new StdioServer(
      command,
      (line) => this.#onLine(line),
      () => this.#abandon(),
    );
  }

  request(message: Message, line: string, reply: Reply): void {
    if (this.#server.ended) {
      reply.abandon();
      return;
    }
    this.#pending.set(message.id, { reply, token: metaOf(message.params).progressToken });
    reply.onGone(() => this.#pending.delete(message.id));
    this.#server.send(line);
  }

  /** A notification, or the answer to a request of the server. */
  tell(line: string): void {
    this.#server.send(line);
  }

  listen(reply: Reply): void {
    reply.open();
    this.#standalone = reply;
    reply.onGone(() => {
      this.#standalone = undefined;
    });
  }

  async close(): Promise<void> {
    this.#abandon();
    await this.#server.close();
  }

  /** A server that has died answers nothing more, and a client should not wait for it. */
  #abandon(): void {
    for (const { reply } of this.#pending.values()) reply.abandon();
    this.#pending.clear();
    this.#standalone?.abandon();
  }

  #onLine(line: string): void {
    const message = parseMessage(line);
    if (message === undefined) return;
    if (message.method !== undefined) {
      this.#streamFor(message)?.event(line);
      return;
    }
    this.#pending.get(message.id)?.reply.end(line, 200);
    this.#pending.delete(message.id);
  }

  /** Over stdio only progress says whose it is; else the newest request is the best guess. */
  #streamFor({ method = '', params }: Message): Reply | undefined {
    if (UNRELATED.test(method)) return this.#standalone;
    const pending = [...this.#pending.values()].reverse();
    const token = method === 'notifications/progress' ? params?.progressToken : undefined;
    const owner = token === undefined ? undefined : pending.find((one) => one.token === token);
    return (owner ?? pending[0])?.reply ?? this.#standalone;
  }
}

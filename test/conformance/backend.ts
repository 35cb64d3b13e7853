import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { header, inboundOf } from './edge.ts';
import { LegacySession } from './legacy-session.ts';
import { type Message, parseMessage } from './message.ts';
import { ModernServer } from './modern-server.ts';
import { Reply } from './reply.ts';

const SESSION = 'mcp-session-id';

const refuse = (response: ServerResponse, status: number, message: string): void => {
  const line = JSON.stringify({ jsonrpc: '2.0', id: null, error: { code: -32_000, message } });
  new Reply(response).end(line, status);
};

const accept = (response: ServerResponse): void => {
  response.writeHead(202).end();
};

const isRequest = ({ id, method }: Message): boolean => id !== undefined && method !== undefined;

/** The legacy sessions and the one modern server behind an address. */
export class Backend {
  readonly #command: readonly string[];
  readonly #sessions = new Map<string, LegacySession>();
  readonly #modern: ModernServer;
  /** Started ahead, so that a client that opens a session does not wait for a process. */
  #spare: LegacySession;

  constructor(command: readonly string[]) {
    this.#command = command;
    this.#modern = new ModernServer(command);
    this.#spare = new LegacySession(command);
  }

  post(request: IncomingMessage, response: ServerResponse, body: string): void {
    const message = parseMessage(body);
    if (message === undefined) {
      refuse(response, 400, 'Not a JSON object');
      return;
    }
    const inbound = inboundOf(request, message);
    // A body may hold line breaks between its tokens; a line may not.
    const line = body.includes('\n') ? JSON.stringify(message) : body;
    switch (inbound.kind) {
      case 'refused': {
        const answer = { jsonrpc: '2.0', id: message.id ?? null, error: inbound.error };
        new Reply(response).end(JSON.stringify(answer), inbound.status);
        break;
      }
      case 'modern':
        this.#postModern(response, message, line);
        break;
      case 'legacy':
        this.#postLegacy(request, response, message, line);
        break;
    }
  }

  /** Opens the stream on which a session's server speaks unasked. */
  listen(request: IncomingMessage, response: ServerResponse): void {
    this.#sessionOf(request, response)?.listen(new Reply(response));
  }

  async endSession(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const session = this.#sessionOf(request, response);
    if (session === undefined) return;
    this.#sessions.delete(header(request, SESSION) ?? '');
    response.writeHead(200).end();
    await session.close();
  }

  async close(): Promise<void> {
    const sessions = [...this.#sessions.values(), this.#spare];
    await Promise.all([this.#modern.close(), ...sessions.map((session) => session.close())]);
  }

  #postModern(response: ServerResponse, message: Message, line: string): void {
    if (isRequest(message)) {
      this.#modern.request(message, new Reply(response));
    } else {
      this.#modern.tell(line);
      accept(response);
    }
  }

  #postLegacy(
    request: IncomingMessage,
    response: ServerResponse,
    message: Message,
    line: string,
  ): void {
    if (message.method === 'initialize') {
      const id = randomUUID();
      this.#open(id).request(message, line, new Reply(response, { [SESSION]: id }));
      return;
    }
    const session = this.#sessionOf(request, response);
    if (session === undefined) return;
    if (isRequest(message)) {
      session.request(message, line, new Reply(response));
    } else {
      session.tell(line);
      accept(response);
    }
  }

  #open(id: string): LegacySession {
    const session = this.#spare;
    this.#sessions.set(id, session);
    this.#spare = new LegacySession(this.#command);
    return session;
  }

  #sessionOf(request: IncomingMessage, response: ServerResponse): LegacySession | undefined {
    const id = header(request, SESSION);
    const session = this.#sessions.get(id ?? '');
    if (session !== undefined) return session;
    if (id === undefined) refuse(response, 400, 'No session id');
    else refuse(response, 404, 'No such session');
    return undefined;
  }
}

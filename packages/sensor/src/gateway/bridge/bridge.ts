import { randomUUID } from 'node:crypto';
import {
  eraOf,
  isObject,
  LIMITS,
  type Message,
  metaOf,
  PROTOCOL_VERSION_META_KEY,
  parseMessage,
  type Request,
} from '@spoor/core';
import type { UpstreamExchange, UpstreamReader, UpstreamRequest } from '@spoor/edge/upstream';
import { headerOf } from '../headers.ts';
import { mirroredName } from '../mirror.ts';
import type { UpstreamPort } from '../upstream.ts';
import { Lines } from './lines.ts';
import { Reply } from './reply.ts';

const MODERN = '2026-07-28';
const CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';
const SESSION = 'Mcp-Session-Id';
const SWEEP_EVERY_MS = 60_000;
const OPEN: UpstreamExchange = {
  pause: () => undefined,
  resume: () => undefined,
  abort: () => undefined,
};

/**
 * Serves a command that speaks lines over Streamable HTTP. A legacy session has a process of its
 * own; modern requests share one, and take another where their ids would collide.
 */
export class Bridge implements UpstreamPort {
  readonly #command: readonly string[];
  readonly #sessions = new Map<string, Lines>();
  #modern: Lines[] = [];
  readonly #sweep: NodeJS.Timeout;

  constructor(command: readonly string[]) {
    this.#command = command;
    this.#sweep = setInterval(() => this.#endIdle(), SWEEP_EVERY_MS).unref();
  }

  send({ method, headers, body }: UpstreamRequest, reader: UpstreamReader): UpstreamExchange {
    const reply = new Reply(reader);
    const session = headerOf(headers, 'mcp-session-id');
    if (method === 'POST') return this.#post(body as Uint8Array | null, headers, reader, session);
    if (method !== 'GET' && method !== 'DELETE') {
      reply.status(405);
      return OPEN;
    }
    const lines = this.#sessions.get(session ?? '');
    if (lines === undefined || session === undefined) {
      reply.status(session === undefined ? 405 : 404);
      return OPEN;
    }
    if (method === 'GET') return { ...OPEN, abort: lines.listen(reply) };
    this.#sessions.delete(session);
    reply.status(200);
    void lines.close();
    return OPEN;
  }

  async close(): Promise<void> {
    clearInterval(this.#sweep);
    await Promise.all([...this.#sessions.values(), ...this.#modern].map((one) => one.close()));
  }

  #post(
    body: Uint8Array | null,
    headers: readonly string[],
    reader: UpstreamReader,
    session: string | undefined,
  ): UpstreamExchange {
    const bytes = body ?? new Uint8Array(0);
    const message = parseMessage({ bytes, kind: 'line' });
    const reply = new Reply(reader);
    if (message.kind === 'invalid' || message.kind === 'batch') {
      refuse(reply, null, -32_600, 'The body is not one JSON-RPC message');
      return OPEN;
    }
    const said = headerOf(headers, 'mcp-protocol-version');
    const isModern =
      message.kind !== 'response' && (eraOf(message) === 'modern' || (said ?? '') >= MODERN);
    if (isModern) return this.#postModern(message, bytes, headers, reply);
    return this.#postLegacy(message, bytes, reader, session);
  }

  #postModern(
    message: Exclude<Message, { kind: 'response' | 'batch' }>,
    bytes: Uint8Array,
    headers: readonly string[],
    reply: Reply,
  ): UpstreamExchange {
    if (message.kind === 'notification') {
      this.#modern[0]?.tell(bytes);
      reply.status(202);
      return OPEN;
    }
    const fault = faultOf(message, headers);
    if (fault !== undefined) {
      refuse(reply, message.id, fault.code, fault.message, fault.data);
      return OPEN;
    }
    this.#modern = this.#modern.filter(({ ended }) => !ended);
    const lines = this.#modern.find((one) => !one.collides(message)) ?? this.#start(true);
    if (lines === undefined) {
      reply.status(503);
      return OPEN;
    }
    if (!this.#modern.includes(lines)) this.#modern.push(lines);
    lines.request(message, bytes, reply);
    return { ...OPEN, abort: () => lines.gone(message) };
  }

  #postLegacy(
    message: Exclude<Message, { kind: 'batch' }>,
    bytes: Uint8Array,
    reader: UpstreamReader,
    session: string | undefined,
  ): UpstreamExchange {
    const opens = message.kind === 'request' && message.method === 'initialize';
    const id = opens ? randomUUID() : (session ?? '');
    const lines = opens ? this.#start(false) : this.#sessions.get(id);
    const reply = new Reply(reader, opens ? [SESSION, id] : []);
    if (lines === undefined) {
      reply.status(opens ? 503 : session === undefined ? 400 : 404);
      return OPEN;
    }
    this.#sessions.set(id, lines);
    if (message.kind !== 'request') {
      lines.tell(bytes);
      reply.status(202);
      return OPEN;
    }
    lines.request(message, bytes, reply);
    return { ...OPEN, abort: () => lines.gone(message) };
  }

  /** Undefined where there are too many already. */
  #start(modern: boolean): Lines | undefined {
    if (this.#sessions.size + this.#modern.length >= LIMITS.gatewayProcessesMax) this.#endIdle();
    return this.#sessions.size + this.#modern.length < LIMITS.gatewayProcessesMax
      ? new Lines(this.#command, modern)
      : undefined;
  }

  #endIdle(): void {
    for (const [id, lines] of this.#sessions) {
      const idle = !lines.busy && Date.now() - lines.lastMs > LIMITS.gatewayIdleMs;
      if (!idle && !lines.ended) continue;
      this.#sessions.delete(id);
      void lines.close();
    }
  }
}

interface Fault {
  readonly code: number;
  readonly message: string;
  readonly data?: object;
}

/** What an HTTP server of the modern era has to refuse, and a server of lines never sees. */
function faultOf(request: Request, headers: readonly string[]): Fault | undefined {
  const requested = metaOf(request.params)[PROTOCOL_VERSION_META_KEY];
  if (typeof requested !== 'string' || !isObject(metaOf(request.params)[CAPABILITIES]))
    return { code: -32_602, message: 'The request lacks what its _meta has to say' };
  if (requested !== MODERN) {
    const data = { supported: [MODERN], requested };
    return { code: -32_022, message: 'Unsupported protocol version', data };
  }
  const missing = ['mcp-protocol-version', 'mcp-method', ...mirroredName(request)].find(
    (name) => headerOf(headers, name) === undefined,
  );
  return missing === undefined
    ? undefined
    : { code: -32_020, message: `The header ${missing} is missing` };
}

function refuse(
  reply: Reply,
  id: Request['id'] | null,
  code: number,
  message: string,
  data?: object,
): void {
  const error = { code, message, ...(data === undefined ? {} : { data }) };
  reply.end(Buffer.from(JSON.stringify({ jsonrpc: '2.0', id, error })), 400);
}

/**
 * What both SDKs mean by a transport, version 1 and 2 alike; also what anybody else's class must
 * have to be one.
 */
export interface Transport {
  send(message: unknown, options?: SendOptions): Promise<void>;
  onmessage?: ((message: unknown, extra?: unknown) => void) | undefined;
  onclose?: (() => void) | undefined;
  onerror?: ((error: Error) => void) | undefined;
}

export interface SendOptions {
  /** In the modern era over HTTP a client cancels by aborting its request. */
  readonly requestSignal?: AbortSignal;
  readonly [option: string]: unknown;
}

/** A client or server of either SDK, or what wraps one (`McpServer` holds its server). */
export interface Connectable {
  connect(transport: Transport, ...rest: readonly unknown[]): Promise<unknown>;
}

type Shape = Readonly<Record<string, unknown>>;

const shapeOf = (value: unknown): Shape | undefined =>
  (typeof value === 'object' && value !== null) || typeof value === 'function'
    ? (value as Shape)
    : undefined;

export function isTransport(value: unknown): value is Transport {
  const shape = shapeOf(value);
  return typeof shape?.send === 'function' && typeof shape.start === 'function';
}

export function isConnectable(value: unknown): value is Connectable {
  return typeof shapeOf(value)?.connect === 'function';
}

/** `McpServer` passes `connect` on to the server that it holds. */
export function innermost(target: Connectable): Connectable {
  const held = shapeOf((target as unknown as Shape).server);
  return isConnectable(held) ? held : target;
}

/**
 * How messages travel, as far as the transport's shape tells; undefined where it does not.
 * Structure and not class, since each copy of an SDK has classes of its own.
 */
export function networkOf(transport: Transport): 'pipe' | 'tcp' | 'memory' | undefined {
  const shape = transport as unknown as Shape;
  if ('_otherTransport' in shape) return 'memory';
  if (('stderr' in shape && 'pid' in shape) || '_stdin' in shape) return 'pipe';
  const name = transport.constructor?.name ?? '';
  if ('_url' in shape || /http|sse|websocket/i.test(name)) return 'tcp';
  return /stdio/i.test(name) ? 'pipe' : undefined;
}

/** A name for the server behind a client's transport: its command, or its host. */
export function serverBehind(transport: Transport): string | undefined {
  const shape = transport as unknown as Shape;
  const url = shape._url;
  if (url instanceof URL) return url.hostname;
  const command = shapeOf(shape._serverParams)?.command;
  return typeof command === 'string' ? command.split(/[\\/]/).at(-1) : undefined;
}

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { MadeSpan } from './otlp.ts';

/**
 * Servers that answer as a backend documents it, for backends whose own program is not at hand.
 * They take the same OTLP as the real ones, and say no to the same mistakes.
 */
export interface ContractServer {
  readonly url: string;
  close(): Promise<void>;
}

export interface Reply {
  readonly status?: number;
  readonly type?: string;
  readonly body: string;
}

export type Answering = (request: IncomingMessage, url: URL, body: string) => Reply;

export async function contractServer(answer: Answering): Promise<ContractServer> {
  const server = createServer((request, response) => {
    void respond(request, response, answer);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(() => done()));
    },
  };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answering,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  // Not the parsed form: a path that leads upwards is to be seen as it came.
  const url = new URL(`http://contract${request.url}`);
  const {
    status = 200,
    type = 'application/json',
    body,
  } = answer(request, url, Buffer.concat(chunks).toString());
  response.writeHead(status, { 'content-type': type }).end(body);
}

interface OtlpAttribute {
  readonly key: string;
  readonly value: Readonly<Record<string, string | number | boolean>>;
}
interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly OtlpAttribute[];
  readonly status: { readonly code: number };
  readonly events: readonly {
    readonly name: string;
    readonly timeUnixNano: string;
    readonly attributes: readonly OtlpAttribute[];
  }[];
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
}
interface OtlpRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly OtlpAttribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
  }[];
}

const KINDS = ['internal', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
const STATUSES = ['unset', 'ok', 'error'] as const;

const msOf = (nanos: string): number => Number(BigInt(nanos) / 1_000n) / 1_000;

function plainOf(rows: readonly OtlpAttribute[]): Record<string, string | number | boolean> {
  return Object.fromEntries(
    rows.map(({ key, value }) => {
      const [kind, held = ''] = Object.entries(value)[0] ?? [];
      return [key, kind === 'intValue' ? Number(held) : held];
    }),
  );
}

/** Spans of an ExportTraceServiceRequest in JSON. */
export const spansIn = (body: string): MadeSpan[] =>
  (JSON.parse(body) as OtlpRequest).resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const { 'service.name': service = '', ...rest } = plainOf(resource.attributes);
    return scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({
        trace: span.traceId,
        span: span.spanId,
        ...(span.parentSpanId === undefined ? {} : { parent: span.parentSpanId }),
        service: String(service),
        name: span.name,
        kind: KINDS[span.kind] ?? 'internal',
        startMs: msOf(span.startTimeUnixNano),
        durationMs: msOf(span.endTimeUnixNano) - msOf(span.startTimeUnixNano),
        status: STATUSES[span.status.code] ?? 'unset',
        attributes: plainOf(span.attributes),
        resource: rest as Record<string, string>,
        events: span.events.map(({ name, timeUnixNano, attributes }) => ({
          name,
          atMs: msOf(timeUnixNano),
          attributes: plainOf(attributes) as Record<string, string>,
        })),
        links: span.links.map(({ traceId, spanId }) => ({ trace: traceId, span: spanId })),
      })),
    );
  });

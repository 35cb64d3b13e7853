import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { z } from 'zod';

/** A program's own OpenTelemetry, with what it would have exported. */
export class Telemetry {
  readonly #exporter = new InMemorySpanExporter();
  readonly tracerProvider: TracerProvider = new TracerProvider({
    spanProcessors: [new SimpleSpanProcessor({ exporter: this.#exporter })],
  });
  readonly #metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  readonly meterProvider: MeterProvider = new MeterProvider({
    readers: [new PeriodicExportingMetricReader({ exporter: this.#metrics })],
  });

  constructor() {
    context.disable();
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  }

  get spans(): ReadableSpan[] {
    return this.#exporter.getFinishedSpans();
  }

  /** The spans by name; several of one name in the order in which they ended. */
  named(name: string): ReadableSpan[] {
    return this.spans.filter((span) => span.name === name);
  }

  reset(): void {
    this.#exporter.reset();
  }

  /** Everything that a test could find a secret in, as text. */
  text(): string {
    const spans = this.spans.map(({ name, kind, attributes, events, links, status, resource }) => ({
      name,
      kind,
      attributes,
      events,
      links,
      status,
      resource: resource.attributes,
    }));
    return JSON.stringify(spans);
  }

  async metrics(): Promise<{ name: string; attributes: object; count: number }[]> {
    await this.meterProvider.forceFlush();
    const [newest] = this.#metrics.getMetrics().slice(-1);
    return (newest?.scopeMetrics ?? []).flatMap(({ metrics }) =>
      metrics.flatMap(({ descriptor, dataPoints }) =>
        dataPoints.map(({ attributes, value }) => ({
          name: descriptor.name,
          attributes,
          count: (value as { readonly count: number }).count,
        })),
      ),
    );
  }
}

/** A client and a server of one SDK, connected in memory. */
export interface Pair {
  readonly client: {
    connect(transport: unknown): Promise<unknown>;
    listTools(): Promise<unknown>;
    callTool(params: object, ...rest: unknown[]): Promise<unknown>;
    close(): Promise<void>;
  };
  readonly server: {
    connect(transport: unknown): Promise<unknown>;
    readonly server: object;
  };
  readonly ends: readonly [near: object, far: object];
}

const INFO = { name: 'pair', version: '1' };

/** The tools that tests call: `echo`, `soft` (says that it failed) and `hard` (throws). */
export async function pairOf(version: 'v1' | 'v2', serverOptions: object = {}): Promise<Pair> {
  const parts = await (version === 'v1' ? partsOfV1() : partsOfV2());
  const server = new parts.McpServer(INFO, serverOptions);
  const schema = { text: z.string().optional() };
  const inputSchema = version === 'v1' ? schema : z.object(schema);
  server.registerTool('echo', { inputSchema }, ({ text }) => ({
    content: [{ type: 'text', text: String(text) }],
  }));
  server.registerTool('soft', { inputSchema }, ({ text }) => ({
    content: [{ type: 'text', text: `soft ${text}` }],
    isError: true,
  }));
  server.registerTool('slow', { inputSchema }, () => new Promise(() => undefined));
  const ends = parts.InMemoryTransport.createLinkedPair();
  return { client: new parts.Client(INFO), server, ends } as unknown as Pair;
}

interface Parts {
  readonly Client: new (info: object) => object;
  readonly McpServer: new (
    info: object,
    options: object,
  ) => {
    registerTool(
      name: string,
      options: object,
      handler: (given: { readonly text?: unknown }) => object,
    ): unknown;
  };
  readonly InMemoryTransport: { createLinkedPair(): readonly [object, object] };
}

async function partsOfV1(): Promise<Parts> {
  const { Client } = await import('@modelcontextprotocol/sdk/client/index.js');
  const { McpServer } = await import('@modelcontextprotocol/sdk/server/mcp.js');
  const { InMemoryTransport } = await import('@modelcontextprotocol/sdk/inMemory.js');
  return { Client, McpServer, InMemoryTransport } as unknown as Parts;
}

async function partsOfV2(): Promise<Parts> {
  const { Client } = await import('@modelcontextprotocol/client');
  const { McpServer, InMemoryTransport } = await import('@modelcontextprotocol/server');
  return { Client, McpServer, InMemoryTransport } as unknown as Parts;
}

/** A transport whose other end is the test. */
export class Wire {
  onmessage: ((message: unknown) => void) | undefined = undefined;
  onerror: ((error: Error) => void) | undefined = undefined;
  readonly sent: Record<string, unknown>[] = [];

  start(): Promise<void> {
    return Promise.resolve();
  }

  send(message: Record<string, unknown>): Promise<void> {
    this.sent.push(message);
    return Promise.resolve();
  }
}

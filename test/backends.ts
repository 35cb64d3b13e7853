import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { JAEGER } from '../scripts/jaeger.ts';

/**
 * Why tests with a real backend cannot run, or undefined.
 * @throws Error without one where `SPOOR_REQUIRE_BACKENDS=1`, so that a check cannot pass by
 * skipping.
 */
export function missingBackend(): string | undefined {
  if (existsSync(JAEGER.path)) return undefined;
  const message = `no Jaeger at ${JAEGER.path}: node scripts/backends.ts builds it`;
  if (process.env.SPOOR_REQUIRE_BACKENDS === '1') throw new Error(message);
  return message;
}

/** A Jaeger with its store in memory, until the test is done. */
export interface RunningJaeger {
  /** For OTLP over HTTP. */
  readonly endpoint: string;
  /** Spans of a trace, by its query API; empty where it has none. */
  trace(id: string): Promise<readonly JaegerSpan[]>;
}

export interface JaegerSpan {
  readonly traceID: string;
  readonly spanID: string;
  readonly operationName: string;
  readonly references: readonly { readonly refType: string; readonly spanID: string }[];
  readonly tags: readonly { readonly key: string; readonly value: unknown }[];
}

export async function startJaeger(): Promise<RunningJaeger> {
  const [otlp, query, grpc] = [await freePort(), await freePort(), await freePort()];
  const folder = mkdtempSync(join(tmpdir(), 'spoor-jaeger-'));
  const config = join(folder, 'config.yaml');
  writeFileSync(config, configOf(otlp, query, grpc));
  const child = spawn(JAEGER.path, ['--config', config], { stdio: 'ignore' });
  onTestFinished(async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true });
  });
  const url = `http://127.0.0.1:${query}`;
  await answering(`${url}/api/services`);
  return {
    endpoint: `http://127.0.0.1:${otlp}`,
    trace: async (id) => {
      const response = await fetch(`${url}/api/traces/${id}`);
      if (!response.ok) return [];
      const { data } = (await response.json()) as {
        readonly data: readonly { readonly spans: readonly JaegerSpan[] }[];
      };
      return data.flatMap(({ spans }) => spans);
    },
  };
}

const configOf = (otlp: number, query: number, grpc: number): string => `
service:
  extensions: [jaeger_storage, jaeger_query]
  pipelines:
    traces: { receivers: [otlp], exporters: [jaeger_storage_exporter] }
  telemetry: { metrics: { level: none } }
extensions:
  jaeger_storage: { backends: { memory: { memory: { max_traces: 1000 } } } }
  jaeger_query:
    storage: { traces: memory }
    http: { endpoint: "127.0.0.1:${query}" }
    grpc: { endpoint: "127.0.0.1:${grpc}" }
receivers:
  otlp: { protocols: { http: { endpoint: "127.0.0.1:${otlp}" } } }
exporters:
  jaeger_storage_exporter: { trace_storage: memory }
`;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const START_MS = 30_000;

async function answering(url: string): Promise<void> {
  for (const end = performance.now() + START_MS; performance.now() < end; ) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok === true) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`nothing answers at ${url}`);
}

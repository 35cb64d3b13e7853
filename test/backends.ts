import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
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

/** A Jaeger with its store in memory. */
export interface RunningJaeger {
  /** For OTLP over HTTP. */
  readonly endpoint: string;
  /** Of its query API. */
  readonly url: string;
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

/** Until the test is done. */
export async function startJaeger(): Promise<RunningJaeger> {
  const jaeger = await launchJaeger();
  onTestFinished(() => jaeger.stop());
  return jaeger;
}

/** Until it is stopped. */
export async function launchJaeger(): Promise<RunningJaeger & { stop(): Promise<void> }> {
  const [otlp, query, grpc] = [await freePort(), await freePort(), await freePort()];
  const folder = mkdtempSync(join(tmpdir(), 'spoor-jaeger-'));
  const config = join(folder, 'config.yaml');
  writeFileSync(config, configOf(otlp, query, grpc));
  const url = `http://127.0.0.1:${query}`;
  const words = ['--config', config];
  const stop = await launch(JAEGER.path, words, folder, `${url}/api/services`);
  return {
    endpoint: `http://127.0.0.1:${otlp}`,
    url,
    stop,
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

/**
 * Starts a program, and waits until something answers there.
 *
 * @param folder removed when it is stopped
 * @returns what stops it
 */
export async function launch(
  program: string,
  words: readonly string[],
  folder: string,
  ready: string,
): Promise<() => Promise<void>> {
  const child = spawn(program, words, { stdio: 'ignore', cwd: folder });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true });
  };
  try {
    await answering(ready);
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
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

export async function freePort(): Promise<number> {
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

/** A program by its name, where the machine has it. */
export function programOnPath(name: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

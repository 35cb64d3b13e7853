import {
  type Attributes,
  type Histogram,
  type Meter,
  type MeterProvider,
  metrics,
} from '@opentelemetry/api';
import { type AttributeValue, allowAttributes, LIMITS } from '@spoor/core';
import type { Ending, RequestFacts, Wanted } from './facts.ts';

/** Seconds, as the conventions give them. */
const BUCKETS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300];

export type Side = 'client' | 'server';

/** The histograms of the MCP conventions, for both sides. */
export class Durations {
  readonly #provider: MeterProvider | undefined;
  readonly #name: string;
  readonly #version: string;
  /** Of the provider that is set now: unlike tracers, meters know of no later one. */
  #current: MeterProvider | undefined;
  #meter: Meter | undefined;
  /** What the newest operations were recorded under: checking each anew would cost more. */
  readonly #series = new Map<string, { readonly name: string; readonly attributes: Attributes }>();
  readonly #histograms = new Map<string, Histogram>();
  /** Names of tools and prompts that have series of their own. */
  readonly #names = new Set<string>();

  constructor(provider: MeterProvider | undefined, name: string, version: string) {
    this.#provider = provider;
    this.#name = name;
    this.#version = version;
  }

  operation(
    side: Side,
    facts: RequestFacts,
    ending: Ending,
    network: string | undefined,
    durationMs: number,
  ): void {
    const { method, prompt, tool, version } = facts;
    const { error, status } = ending;
    const key = `${side} ${method} ${tool ?? prompt} ${version} ${network} ${error} ${status}`;
    const known = this.#series.get(key);
    if (known !== undefined) {
      this.#histogram(known.name).record(durationMs / 1_000, known.attributes);
      return;
    }
    const name = `mcp.${side}.operation.duration`;
    const attributes = allowed({
      'mcp.method.name': method,
      'mcp.protocol.version': version,
      'gen_ai.operation.name': method === 'tools/call' ? 'execute_tool' : undefined,
      'gen_ai.tool.name': this.#bounded(tool),
      'gen_ai.prompt.name': this.#bounded(prompt),
      'network.transport': network,
      'error.type': error,
      'rpc.response.status_code': status,
    });
    if (this.#series.size >= LIMITS.metricNamesMax) this.#series.clear();
    this.#series.set(key, { name, attributes });
    this.#histogram(name).record(durationMs / 1_000, attributes);
  }

  session(side: Side, network: string | undefined, durationMs: number): void {
    const attributes = allowed({ 'network.transport': network });
    this.#histogram(`mcp.${side}.session.duration`).record(durationMs / 1_000, attributes);
  }

  /** A peer that makes up names must not make up series. */
  #bounded(name: string | undefined): string | undefined {
    if (name === undefined || this.#names.has(name)) return name;
    if (this.#names.size >= LIMITS.metricNamesMax) return '~other';
    this.#names.add(name);
    return name;
  }

  #histogram(name: string): Histogram {
    const provider = this.#provider ?? metrics.getMeterProvider();
    if (this.#meter === undefined || provider !== this.#current) {
      this.#current = provider;
      this.#meter = provider.getMeter(this.#name, this.#version);
      this.#histograms.clear();
    }
    const known = this.#histograms.get(name);
    if (known !== undefined) return known;
    const advice = { explicitBucketBoundaries: BUCKETS };
    const made = this.#meter.createHistogram(name, { unit: 's', advice });
    this.#histograms.set(name, made);
    return made;
  }
}

const allowed = (wanted: Wanted): Attributes => otel(allowAttributes(wanted).attributes);

/** The API's type knows no readonly lists. */
export const otel = (
  attributes: Readonly<Record<string, AttributeValue>>,
): Record<string, string | number | boolean | string[]> =>
  attributes as Record<string, string | number | boolean | string[]>;

import {
  type Attributes,
  type Context,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import { allowAttributes, type Decision } from '@spoor/core';
import { counts } from './counts.ts';
import type { Ending, RequestFacts, Wanted } from './facts.ts';
import { otel, type Side } from './metrics.ts';

/** The span of one exchange, made here or found around it. */
export interface CallSpan {
  readonly span: Span;
  /** False for somebody else's `execute_tool` span, which is theirs to end. */
  readonly own: boolean;
}

export interface SpanStart {
  readonly side: Side;
  readonly facts: RequestFacts;
  readonly wanted: Wanted;
  readonly parent: Context;
  readonly links: readonly SpanContext[];
}

const KINDS: Readonly<Record<Side, SpanKind>> = {
  client: SpanKind.CLIENT,
  server: SpanKind.SERVER,
};

/** Spans that hold nothing but what core's allowlist lets pass, from their creation on. */
export class Spans {
  readonly #provider: TracerProvider | undefined;
  readonly #name: string;
  readonly #version: string;
  #current: TracerProvider | undefined;
  #tracer: Tracer | undefined;

  constructor(provider: TracerProvider | undefined, name: string, version: string) {
    this.#provider = provider;
    this.#name = name;
    this.#version = version;
  }

  /**
   * Asked for anew when the provider is another one: a tracer that was got early hears of a later
   * provider only if both came from the same copy of the API, and ESM and CJS have one each.
   */
  get #newest(): Tracer {
    const provider = this.#provider ?? trace.getTracerProvider();
    if (this.#tracer === undefined || provider !== this.#current) {
      this.#current = provider;
      this.#tracer = provider.getTracer(this.#name, this.#version);
    }
    return this.#tracer;
  }

  start({ side, facts, wanted, parent, links }: SpanStart): CallSpan {
    const attributes = allowed(wanted);
    const outer = side === 'client' ? coveringSpan(parent, facts) : undefined;
    if (outer !== undefined) {
      outer.setAttributes(withoutGenAi(attributes));
      return { span: outer, own: false };
    }
    const target = attributes['gen_ai.tool.name'] ?? attributes['gen_ai.prompt.name'];
    const name = typeof target === 'string' ? `${facts.method} ${target}` : facts.method;
    const options = {
      kind: KINDS[side],
      attributes,
      ...(links.length === 0 ? {} : { links: links.map((context) => ({ context })) }),
    };
    return { span: this.#newest.startSpan(name, options, parent), own: true };
  }

  decided({ span }: CallSpan, decision: Decision): void {
    span.setAttributes(
      allowed({
        'spoor.decision.action': decision.action,
        'spoor.decision.wanted': decision.wanted,
        'spoor.decision.reason': decision.reason,
        'spoor.decision.case': decision.case,
        'spoor.decision.by': decision.by,
        'security.policy.rule.id': decision.rule === '' ? undefined : decision.rule,
      }),
    );
  }

  /** Error texts are content: the status has a fixed text, the reason is a code. */
  end({ span, own }: CallSpan, ending: Ending): void {
    const { error, status } = ending;
    if (error !== undefined) {
      span.setAttributes(allowed({ 'error.type': error, 'rpc.response.status_code': status }));
      if (own) span.setStatus({ code: SpanStatusCode.ERROR, message: 'failed' });
    }
    if (own) span.end();
  }
}

function allowed(wanted: Wanted): Attributes {
  const { attributes, dropped } = allowAttributes(wanted);
  counts.attributesRefused += dropped;
  return otel(attributes);
}

/**
 * An agent framework's span for this very tool call. By the conventions it gets the MCP attributes,
 * and there is no second span. One that has them already covers another exchange.
 */
function coveringSpan(ctx: Context, { method, tool }: RequestFacts): Span | undefined {
  if (method !== 'tools/call') return undefined;
  const span = trace.getSpan(ctx);
  if (span === undefined || !span.isRecording()) return undefined;
  // No part of the API, but every SDK's span has it; without it there is nothing to go by.
  const { attributes } = span as { readonly attributes?: Readonly<Record<string, unknown>> };
  if (attributes?.['gen_ai.operation.name'] !== 'execute_tool') return undefined;
  if (attributes['mcp.method.name'] !== undefined) return undefined;
  const name = attributes['gen_ai.tool.name'];
  // Frameworks put the server's name before the tool's.
  const same = name === undefined || (typeof name === 'string' && name.endsWith(tool ?? ''));
  return same ? span : undefined;
}

const withoutGenAi = (attributes: Attributes): Attributes =>
  Object.fromEntries(Object.entries(attributes).filter(([name]) => !name.startsWith('gen_ai.')));

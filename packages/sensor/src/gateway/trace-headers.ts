import {
  type BaggageRule,
  type Carrier,
  type Crossing,
  filterBaggage,
  formatTraceparent,
  type TraceParent,
} from '@spoor/core';
import type { Trust } from '../boundary.ts';

/** Trace context of the standard and of those who do it their own way. */
const NAMES: ReadonlySet<string> = new Set([
  'traceparent',
  'tracestate',
  'traceresponse',
  'baggage',
  'b3',
  'elastic-apm-traceparent',
  'newrelic',
  'sentry-trace',
  'uber-trace-id',
  'x-amzn-trace-id',
  'x-cloud-trace-context',
]);
const PREFIXES: readonly string[] = ['x-b3-', 'x-datadog-', 'uberctx-'];

const isTraceHeader = (name: string): boolean =>
  NAMES.has(name) || PREFIXES.some((prefix) => name.startsWith(prefix));

/** What of one direction's trace headers goes on. */
export interface TraceHeaders {
  drops(name: string): boolean;
  /** Headers that stand in place of those, name and value in turn. */
  instead(carrier: Carrier, given: Crossing['given']): readonly string[];
}

export const traceToServer = ({ client, server }: Trust): TraceHeaders =>
  direction(client.receive.context === 'continue' && server.send.context === 'continue', [
    client.receive.baggage,
    server.send.baggage,
  ]);

export const traceToClient = ({ client, server }: Trust): TraceHeaders =>
  direction(server.receive.context === 'continue' && client.send.context === 'continue', [
    server.receive.baggage,
    client.send.baggage,
  ]);

function direction(goesOn: boolean, rules: readonly (readonly BaggageRule[])[]): TraceHeaders {
  return {
    drops: (name) => name === 'baggage' || (!goesOn && isTraceHeader(name)),
    instead: ({ traceparent, baggage }, given) => {
      const passed = rules.reduce<unknown>((rest, one) => filterBaggage(rest, one).value, baggage);
      const opaque = !goesOn && given !== undefined && traceparent !== undefined;
      return [
        ...(opaque ? ['traceparent', formatTraceparent(given as TraceParent, true)] : []),
        ...(typeof passed === 'string' ? ['baggage', passed] : []),
      ];
    },
  };
}

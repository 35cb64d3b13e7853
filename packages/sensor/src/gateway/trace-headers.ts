import {
  type BaggageRule,
  type Carrier,
  type Crossing,
  filterBaggage,
  formatTraceparent,
  isForeignBaggage,
  isForeignContext,
  type TraceParent,
} from '@spoor/core';
import type { Trust } from '../boundary.ts';

const isTraceHeader = (name: string): boolean =>
  name === 'traceparent' || name === 'tracestate' || isForeignContext(name);

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
    drops: (name) =>
      name === 'baggage' || isForeignBaggage(name) || (!goesOn && isTraceHeader(name)),
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

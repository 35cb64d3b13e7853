import { trace } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import {
  type Carrier,
  CONTEXT_POLICIES,
  DROP_ALL,
  KEEP_ALL,
  metaOf,
  parseTraceparent,
  type TrustPolicy,
} from '@spoor/core';
import { expect } from 'vitest';
import { MARK, TRUST_CASES, type TrustCase } from '../../../test/trust/cases.ts';
import { verifies } from '../../../test/verifies.ts';
import { instrument } from '../src/index.ts';
import { Telemetry, Wire } from './support.ts';

interface Crossed {
  readonly served: ReadableSpan;
  /** What the next server got of a call that the handler made. */
  readonly got: Carrier;
  /** The program's own trace while it served. */
  readonly own: string;
}

/** A server that is called with a forged carrier, and whose handler calls another server. */
async function cross(carrier: Carrier, trust: TrustPolicy): Promise<Crossed> {
  const telemetry = new Telemetry();
  const { tracerProvider } = telemetry;
  const next = instrument(new Wire(), { tracerProvider, trust });
  const wire = instrument(new Wire(), { tracerProvider, trust });
  let own = '';
  wire.onmessage = () => {
    own = trace.getActiveSpan()?.spanContext().traceId ?? '';
    void next.send({ jsonrpc: '2.0', id: 7, method: 'tools/call', params: { name: 'other' } });
  };
  const params = { name: 'lookup', arguments: {}, _meta: carrier };
  wire.onmessage({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
  await wire.send({ jsonrpc: '2.0', id: 1, result: { content: [], _meta: { ...carrier } } });
  const [served] = telemetry.spans;
  const [sent] = next.sent;
  if (served === undefined || sent === undefined) throw new Error('nothing was served');
  // Whatever came in does not go back in the answer of a server that gives nothing.
  const answer = JSON.stringify(wire.sent);
  if (trust.send.context !== 'continue') expect(answer).not.toContain(MARK);
  return { served, got: metaOf(sent.params), own };
}

/** Believed as everywhere; what goes out stands in the program's own trace, or in fresh ids. */
function check(one: TrustCase, trust: TrustPolicy, { served, got, own }: Crossed): void {
  const came = parseTraceparent(one.carrier.traceparent);
  const parent = one.valid && trust.receive.context === 'continue' ? came : undefined;
  const link = one.valid && trust.receive.context === 'restart-link' ? came : undefined;
  expect(served.parentSpanContext?.spanId, one.name).toBe(parent?.parent);
  expect(
    served.links.map(({ context }) => context.spanId),
    one.name,
  ).toEqual(link === undefined ? [] : [link.parent]);
  const went = parseTraceparent(got.traceparent);
  if (trust.send.context === 'drop') expect(got, one.name).not.toHaveProperty('traceparent');
  if (trust.send.context === 'continue') expect(went?.trace, one.name).toBe(own);
  if (trust.send.context === 'restart-link') {
    expect(went, one.name).toBeDefined();
    expect([own, came?.trace], one.name).not.toContain(went?.trace);
  }
  const goesOn = parent !== undefined && trust.send.context === 'continue';
  const state = goesOn && one.state === true ? one.carrier.tracestate : undefined;
  expect(got.tracestate, one.name).toBe(state);
  const passes = trust.receive.baggage === KEEP_ALL ? one.baggage : undefined;
  expect(got.baggage, one.name).toBe(passes);
}

for (const receive of CONTEXT_POLICIES) {
  for (const send of CONTEXT_POLICIES) {
    for (const baggage of [KEEP_ALL, DROP_ALL]) {
      const trust: TrustPolicy = {
        receive: { context: receive, sampledHint: false, baggage },
        send: { context: send, baggage, ownBaggage: false },
      };
      verifies(
        'trust:table',
        async () => {
          for (const one of TRUST_CASES) check(one, trust, await cross(one.carrier, trust));
        },
        { case: `in-process: receive ${receive}, send ${send}, ${baggage.length} rules` },
      );
    }
  }
}

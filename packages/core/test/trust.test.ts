import { describe, expect, it } from 'vitest';
import { FORGED_SPAN, FORGED_TRACE, MARK, TRUST_CASES } from '../../../test/trust/cases.ts';
import { verifies } from '../../../test/verifies.ts';
import { parseBaggageRules } from '../src/baggage.ts';
import type { SessionId, SpanId, TraceId } from '../src/ids.ts';
import { systemRandom } from '../src/ports.ts';
import { parseTraceparent } from '../src/tracecontext.ts';
import {
  CONTEXT_POLICIES,
  type ContextPolicy,
  receiveContext,
  sendContext,
  TRUSTED,
  type TrustPolicy,
  trustOf,
  UNTRUSTED,
} from '../src/trust.ts';

const receiving = (change: Partial<TrustPolicy['receive']>): TrustPolicy => ({
  ...TRUSTED,
  receive: { ...TRUSTED.receive, ...change },
});
const sending = (change: Partial<TrustPolicy['send']>): TrustPolicy => ({
  ...TRUSTED,
  send: { ...TRUSTED.send, ...change },
});

const OURS = {
  trace: '11111111111111111111111111111111' as TraceId,
  span: '2222222222222222' as SpanId,
  tracestate: 'vendor=internal',
  baggage: 'app.tenant=internal',
  own: { session: '017f22e2-79b0-7cc3-98c4-dc0c0c073991' as SessionId, service: 'crm' },
} as const;

describe('what is received', () => {
  const KIND: Readonly<Record<ContextPolicy, string>> = {
    continue: 'continue',
    'restart-link': 'restart-link',
    drop: 'none',
  };
  for (const { name, carrier, valid, state, baggage } of TRUST_CASES) {
    for (const context of CONTEXT_POLICIES) {
      verifies(
        'trust:receive',
        () => {
          const found = receiveContext(carrier, receiving({ context }));
          expect(found.kind).toBe(valid ? KIND[context] : 'none');
          expect('tracestate' in found).toBe(context === 'continue' && state === true);
          expect(found.baggage).toBe(baggage);
          // Whatever did not pass is told, and nothing else.
          const passed =
            (carrier.traceparent === undefined || found.kind !== 'none') &&
            (carrier.tracestate === undefined || 'tracestate' in found) &&
            found.baggage === carrier.baggage;
          expect(found.refused.length === 0).toBe(passed);
        },
        { case: `${name}, ${context}` },
      );
    }
  }

  it('is nothing but a link from a peer that nobody named', () => {
    for (const { carrier } of TRUST_CASES) {
      const found = receiveContext(carrier, trustOf({}, 'constructor'));
      expect(['none', 'restart-link']).toContain(found.kind);
      expect(JSON.stringify(found)).not.toContain(MARK);
    }
    const peers = { ours: TRUSTED };
    expect(trustOf(peers, 'ours')).toBe(TRUSTED);
    expect(trustOf(peers, 'other')).toBe(UNTRUSTED);
  });

  it('says in words of ours what did not pass', () => {
    const carrier = { traceparent: MARK, tracestate: MARK, baggage: `${MARK}=1,${MARK}` };
    expect(receiveContext(carrier, UNTRUSTED).refused).toEqual([
      'baggage-invalid',
      'baggage-dropped',
      'traceparent-invalid',
      'tracestate-dropped',
    ]);
    const dropping = receiving({ context: 'drop' });
    const { refused } = receiveContext(
      { traceparent: `00-${FORGED_TRACE}-${FORGED_SPAN}-01` },
      dropping,
    );
    expect(refused).toEqual(['traceparent-dropped']);
  });

  verifies(
    'trust:flags',
    () => {
      const at = (flags: string): object => ({
        traceparent: `00-${FORGED_TRACE}-${FORGED_SPAN}-${flags}`,
      });
      for (const flags of ['00', '01', 'ff']) {
        for (const context of CONTEXT_POLICIES) {
          const plain = receiving({ context, sampledHint: false });
          expect(receiveContext(at(flags), plain)).toEqual(receiveContext(at('03'), plain));
        }
        expect(receiveContext(at(flags), TRUSTED)).toMatchObject({ sampledHint: flags !== '00' });
        const restarted = receiving({ context: 'restart-link' });
        expect(receiveContext(at(flags), restarted)).not.toHaveProperty('sampledHint');
      }
    },
    { case: 'what is received' },
  );
});

describe('what is sent', () => {
  it('is our context where the peer is trusted', () => {
    expect(sendContext(OURS, TRUSTED, systemRandom)).toEqual({
      carrier: {
        traceparent: `00-${OURS.trace}-${OURS.span}-01`,
        tracestate: OURS.tracestate,
        baggage: `spoor.session=${OURS.own.session},spoor.service=crm,app.tenant=internal`,
      },
    });
    const unsampled = sendContext({ ...OURS, sampled: false }, TRUSTED, systemRandom);
    expect(unsampled.carrier.traceparent).toBe(`00-${OURS.trace}-${OURS.span}-00`);
  });

  verifies('trust:send', () => {
    for (const context of ['restart-link', 'drop'] as const) {
      const policy = sending({ context, baggage: [], ownBaggage: false });
      const { carrier, given } = sendContext(OURS, policy, systemRandom);
      const text = JSON.stringify({ carrier, given });
      for (const word of [OURS.trace, OURS.span, OURS.own.session, 'internal', 'crm']) {
        expect(text).not.toContain(word);
      }
      expect(given !== undefined).toBe(context === 'restart-link');
      expect(parseTraceparent(carrier.traceparent)).toEqual(given);
    }
    const [one, two] = [0, 1].map(() => sendContext(OURS, UNTRUSTED, systemRandom).given);
    expect(one?.trace).not.toBe(two?.trace);
    expect(one?.parent).not.toBe(two?.parent);
  });

  it('has baggage by the rules of the peer, apart from its trace', () => {
    const rules = parseBaggageRules('drop app.secret, keep app.*') ?? [];
    const policy = sending({ context: 'drop', baggage: rules, ownBaggage: false });
    const baggage = 'app.secret=1,app.tenant=2,spoor.user=aabbccdd';
    expect(sendContext({ ...OURS, baggage }, policy, systemRandom)).toEqual({
      carrier: { baggage: 'app.tenant=2' },
    });
  });

  it('leaves out a state that is none', () => {
    const { carrier } = sendContext({ ...OURS, tracestate: 'no state' }, TRUSTED, systemRandom);
    expect(carrier).not.toHaveProperty('tracestate');
  });
});

import { baggageForwarded } from '../sinks/baggage.ts';
import { injectedIntoAnswer } from '../sinks/responses.ts';
import { samplerMade } from '../sinks/samplers.ts';
import { argument, type Call } from './context.ts';
import { callClosure } from './functions.ts';
import { has, LABEL } from './labels.ts';
import type { At, Frame } from './machine.ts';
import { headerNamed } from './properties.ts';
import { carrying, clean, labelsOf, ofKind, originOf, texts, type Value } from './value.ts';

type Model = (call: Call, at: At) => Value | undefined;

const PROPAGATION = /(?:^|\.)propagation$|[pP]ropagator/;
const CONTEXTS = /(?:^|\.)context(?:_?api|Manager)?$|^ctx_?api$/i;

/** What the functions of OpenTelemetry's API do to spans, contexts and baggage. */
export function opentelemetry(call: Call, at: At): Value | undefined {
  return samplerMade(call, at) ?? MODELS.get(call.name)?.(call, at);
}

const MODELS: ReadonlyMap<string, Model> = new Map<string, Model>([
  ['getActiveSpan', () => ofKind('span')],
  ['getSpan', () => ofKind('span')],
  ['startSpan', started],
  ['startInactiveSpan', () => ofKind('span')],
  ['startActiveSpan', started],
  ['startSpanManual', started],
  ['spanContext', () => ofKind('span-context')],
  ['getSpanContext', () => ofKind('span-context')],
  ['createCounter', () => ofKind('instrument')],
  ['createUpDownCounter', () => ofKind('instrument')],
  ['createHistogram', () => ofKind('instrument')],
  ['createGauge', () => ofKind('instrument')],
  ['extract', extracted],
  ['inject', injected],
  ['active', (call, at) => (CONTEXTS.test(call.receiverText) ? at.frame.active : undefined)],
  ['with', withContext],
  ['bind', withContext],
  ['deleteBaggage', withoutBaggage],
  ['setBaggage', withoutBaggage],
  ['setSpan', (call) => argument(call, 0)],
  ['setSpanContext', (call) => argument(call, 0)],
  ['createBaggage', clean],
  ['getBaggage', baggageIn],
  ['getActiveBaggage', baggageIn],
  ['getEntry', entryOf],
  ['getAllEntries', entryOf],
  ['W3CTraceContextPropagator', ({ isNew }) => (isNew ? ofKind('trace-propagator') : undefined)],
  ['get', headerOf],
  ['header', headerOf],
  ['getHeader', headerOf],
]);

/** The function that runs within the span answers for the call. */
function started(call: Call, at: At): Value {
  const closure = call.args.find((arg) => arg.closure !== undefined)?.closure;
  const span = ofKind('span');
  if (closure === undefined) return span;
  return callClosure(closure, [span], at, { frame: inherited(at) });
}

const inherited = ({ frame }: At): Partial<Frame> => ({
  answers: frame.answers,
  safe: frame.safe,
});

/** A context out of what a client sent. One from the environment of the process is its owner's. */
function extracted(call: Call): Value | undefined {
  if (!PROPAGATION.test(call.receiverText)) return undefined;
  const carrier = argument(call, 1);
  if (carrier.kind === 'environment' || call.receiver?.kind === 'trace-propagator') return clean();
  return carrying(LABEL.inbound, originOf(carrier, -1) ?? 'a request');
}

function injected(call: Call, at: At): Value | undefined {
  if (!PROPAGATION.test(call.receiverText)) return undefined;
  const [from, carrier] = [argument(call, 0), argument(call, 1)];
  injectedIntoAnswer(call, at);
  if (call.receiver?.kind !== 'trace-propagator' && has(labelsOf(from), LABEL.inbound))
    baggageForwarded(call.node, originOf(from, LABEL.inbound), at);
  else at.machine.look('source-baggage-forwarded');
  carrier.labels |= LABEL.trace;
  carrier.origin ??= 'the span';
  return clean();
}

function withContext(call: Call, at: At): Value | undefined {
  const closure = argument(call, 1).closure;
  if (closure === undefined || !CONTEXTS.test(call.receiverText)) return undefined;
  const frame = { ...inherited(at), active: argument(call, 0) };
  return callClosure(closure, call.args.slice(3), at, { frame });
}

/** What a server puts in place of the client's baggage, or nothing. */
function withoutBaggage(call: Call): Value {
  const context = argument(call, 0);
  const added = has(labelsOf(argument(call, 1)), LABEL.baggage | LABEL.inbound);
  return added ? context : { ...context, labels: context.labels & ~LABEL.inbound };
}

/** What a context carries for others: nobody but the client vouches for it. */
function baggageIn(call: Call, { machine }: At): Value {
  machine.look('source-baggage-trusted');
  return carrying(0, `baggage by ${call.name}`, 'baggage');
}

function entryOf(call: Call): Value | undefined {
  if (call.receiver?.kind !== 'baggage') return undefined;
  const name = texts(call.args[0])[0];
  const origin = name === undefined ? 'baggage' : `the baggage entry ${name}`;
  const isAll = call.name === 'getAllEntries';
  return isAll ? carrying(LABEL.baggage, origin) : carrying(0, origin, 'baggage-entry');
}

const READ_BY_NAME: ReadonlySet<string> = new Set(['headers', 'request', 'query', 'hooked']);

/** `headers.get('traceparent')`, `req.header('x')`, `req.get('x')`. */
function headerOf(call: Call): Value | undefined {
  const kind = call.receiver?.kind;
  const name = texts(call.args[0])[0];
  if (name === undefined || !READ_BY_NAME.has(kind ?? '')) return undefined;
  if (kind === 'query') return /session/i.test(name) ? carrying(LABEL.session) : undefined;
  return headerNamed(name, call.receiver?.origin);
}

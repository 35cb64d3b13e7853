import type { Node } from '@babel/types';
import { argument, type Call } from '../flow/context.ts';
import { has, LABEL } from '../flow/labels.ts';
import type { At } from '../flow/machine.ts';
import { labelsOf, texts, type Value } from '../flow/value.ts';
import { answersClients } from '../sources.ts';

const CHECK = 'source-trace-id-returned';
const TRACE_NAME = /trace-?(?:id|parent|state)|span-?id|b3/i;

/** What a handler answers with. */
export function returnCheck(node: Node, value: Value, at: At): void {
  const { role, name, depth } = at.frame;
  const isResponder =
    role === 'responder' || (role === 'plain' && depth === 1 && answersClients(name));
  if (role !== 'handler' && !isResponder) return;
  at.machine.look(CHECK);
  if (has(labelsOf(value), LABEL.trace))
    at.machine.report(CHECK, node, at, 'An answer has ids of the trace in it');
}

/** An error that a handler throws becomes an answer. */
export function thrownCheck(node: Node, value: Value, at: At): void {
  at.machine.look(CHECK);
  if (has(labelsOf(value), LABEL.trace))
    at.machine.report(CHECK, node, at, 'An error that is thrown has ids of the trace in it');
}

const SENDS = /^(?:setHeader|header|headers|set|append|json|send|write|end|writeHead)$/;
const NOTIFIES = /^(?:notification|sendNotification|sendLoggingMessage|notify)$/;

/** Calls that send something to the client. */
export function answeredCall(call: Call, at: At): void {
  const isResponse = SENDS.test(call.name) && isAnswer(call);
  const isMade =
    call.name === 'Response' || (call.name === 'json' && call.receiverText === 'Response');
  if (!isResponse && !isMade && !NOTIFIES.test(call.name)) return;
  at.machine.look(CHECK);
  const carries = call.args.some((arg) => has(labelsOf(arg), LABEL.trace));
  if (!carries) return;
  const header = texts(argument(call, 0))[0];
  const where =
    header !== undefined && TRACE_NAME.test(header) ? `the header ${header}` : call.name;
  at.machine.report(CHECK, call.node, at, `Ids of the trace go to the client by ${where}`);
}

const isAnswer = ({ receiver, receiverText }: Call): boolean =>
  receiver?.kind === 'response' ||
  /^(?:res|response|reply|c|ctx|serverResponse)(?:\.(?:headers|raw|res|response|status\(.*\)))?$/.test(
    receiverText,
  );

/** `propagation.inject(context, response.headers)`. */
export function injectedIntoAnswer(call: Call, at: At): void {
  at.machine.look(CHECK);
  const target = call.argNodes[1];
  const text = target ? at.module.source.slice(target.start ?? 0, target.end ?? 0) : '';
  const isResponse = argument(call, 1).kind === 'response';
  if (isResponse || /^(?:res|response|reply|result|answer)\b(?!ource)/i.test(text))
    at.machine.report(CHECK, call.node, at, 'The trace context is injected into an answer');
}

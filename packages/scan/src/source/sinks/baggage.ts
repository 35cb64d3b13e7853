import type { Node } from '@babel/types';
import { argument, type Call } from '../flow/context.ts';
import { has, LABEL } from '../flow/labels.ts';
import type { At } from '../flow/machine.ts';
import { HOLE, labelsOf, originOf, type Value } from '../flow/value.ts';

/** A test, a comparison or a switch whose outcome depends on baggage. */
export function baggageTest(node: Node, values: readonly Value[], at: At): void {
  const found = values.find((value) => has(value.labels, LABEL.baggage));
  if (found === undefined || isPresence(node)) return;
  const origin = (originOf(found, LABEL.baggage) ?? 'baggage').replaceAll(HOLE, '…');
  const text = at.module.source.slice(node.start ?? 0, node.end ?? 0);
  if (!MATTERS.test(`${origin} ${text}`)) return;
  at.machine.report('source-baggage-trusted', node, at, `${capital(origin)} decides what happens`);
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Words of access, of routes and of switches. */
const MATTERS =
  /role|admin|auth|tenant|region|rout|allow|deny|tier|plan\b|scope|permission|group|org|account|user|canary|flag|feature|debug|bypass|internal|trusted|level/i;

/** `=== undefined`: whether there is baggage, not what it says. */
const isPresence = (node: Node): boolean =>
  node.type === 'BinaryExpression' &&
  (node.right.type === 'NullLiteral' ||
    node.right.type === 'UnaryExpression' ||
    (node.right.type === 'Identifier' && node.right.name === 'undefined'));

const SENDS = /^(?:fetch|request|axios|got|ky)$/;
const METHODS = /^(?:get|post|put|patch|delete|head|request|fetch|stream)$/;
const CLIENTS = /^(?:axios|got|ky|http|https|undici|superagent|client|httpClient|api)\b|[cC]lient$/;
const DECIDES = /auth|permit|allow|grant|role|tenant|access|route|dispatch|impersonate|policy/i;
const CALLS = /^(?:callTool|readResource|getPrompt|sendRequest)$/;

/** Baggage in an outbound call: its address, its headers, or a decision somebody else makes. */
export function baggageCall(call: Call, at: At): void {
  const outbound = isOutbound(call);
  if (outbound) at.machine.look('source-baggage-forwarded');
  if (call.args.some((arg) => has(labelsOf(arg), LABEL.baggage | LABEL.carrier)))
    judge(call, outbound, at);
}

const isOutbound = (call: Call): boolean =>
  CALLS.test(call.name) ||
  (call.receiver === undefined
    ? SENDS.test(call.name)
    : METHODS.test(call.name) && CLIENTS.test(call.receiverText));

function judge(call: Call, outbound: boolean, at: At): void {
  const [address] = call.args;
  if (outbound && address !== undefined && has(address.labels, LABEL.baggage))
    at.machine.report('source-baggage-trusted', call.node, at, 'Baggage decides where a call goes');
  else if (outbound && call.args.some(forwards)) baggageForwarded(call.node, 'a request', at);
  else if (!outbound && decides(call))
    at.machine.report('source-baggage-trusted', call.node, at, `Baggage decides in ${call.name}`);
}

const decides = (call: Call): boolean =>
  DECIDES.test(call.name) &&
  // An allowlist of baggage is what one wishes for.
  !/baggage/i.test(call.name) &&
  has(labelsOf(argument(call, 0)) | labelsOf(argument(call, 1)), LABEL.baggage);

/** All headers of a request, its `_meta`, or its baggage by name, within what is sent on. */
function forwards(options: Value): boolean {
  const parts = ['headers', '_meta'].map((name) => options.fields?.get(name));
  const inParams = options.fields?.get('params')?.fields?.get('_meta');
  return [...parts, inParams].some(
    (part) => part !== undefined && has(labelsOf(part), LABEL.carrier),
  );
}

export function baggageForwarded(node: Node, origin: string | undefined, at: At): void {
  at.machine.look('source-baggage-forwarded');
  const from = origin ?? 'a request';
  at.machine.report('source-baggage-forwarded', node, at, `Baggage of ${from} goes into a call`);
}

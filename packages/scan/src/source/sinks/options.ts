import type { ObjectExpression } from '@babel/types';
import { argument, type Call } from '../flow/context.ts';
import { callClosure } from '../flow/functions.ts';
import { LABEL } from '../flow/labels.ts';
import type { At } from '../flow/machine.ts';
import { carrying, labelsOf, ofKind, texts, type Value } from '../flow/value.ts';

const CHECK = 'source-content-capture';

/** Options that say: put content on spans. */
const CAPTURES =
  /^(?:captureContent|captureMessageContent|capture_?message_?content|traceContent|recordInputs|recordOutputs|recordArguments|recordResults|enableArgumentCollection|enhancedDatabaseReporting|capture(?:Request|Response|Http)?Bod(?:y|ies)|captureTool(?:Args|Arguments|Inputs|Outputs|Results)|captureArgs|captureResults?|captureHeaders|includePayloads?|sendDefaultPii|logPayloads?)$/;
const HOOKS =
  /^(?:requestHook|responseHook|applyCustomAttributesOnSpan|startIncomingSpanHook|startOutgoingSpanHook|spanNameHook|onRequestHook|consumeHook|publishHook)$/;
const SENSITIVE_HEADERS =
  /^(?:authorization|cookie|set-cookie|x-api-key|proxy-authorization|baggage)$/i;

/** Looks at the fields of an object literal, wherever it is handed in. */
export function objectOptions(node: ObjectExpression, value: Value, at: At): void {
  for (const [name, field] of value.fields ?? []) {
    if (CAPTURES.test(name)) captures(node, name, field, at);
    else if (HOOKS.test(name)) hook(field, at);
    else if (name === 'requestHeaders' || name === 'responseHeaders') headers(node, field, at);
    else if (name === 'experimental_telemetry') assistant(node, field, at);
  }
}

function captures(node: ObjectExpression, name: string, field: Value, at: At): void {
  at.machine.look(CHECK);
  if (field.constants?.includes(true) !== true) return;
  const property = node.properties.find(
    (one) =>
      one.type === 'ObjectProperty' && one.key.type === 'Identifier' && one.key.name === name,
  );
  at.machine.report(CHECK, property ?? node, at, `${name} is switched on`);
}

/** Runs a hook with a span and a request full of content. */
function hook({ closure }: Value, at: At): void {
  if (closure === undefined) return;
  at.machine.look('source-hook-content');
  const given = closure.node.params.map((_parameter, index) =>
    index === 0 ? ofKind('span') : hooked(),
  );
  callClosure(closure, given, at, { frame: { role: 'hook' } });
}

const hooked = (): Value => carrying(LABEL.input, 'what the hook is given', 'hooked');

function headers(node: ObjectExpression, field: Value, at: At): void {
  at.machine.look(CHECK);
  const named = [...(field.fields?.values() ?? []), field].flatMap(texts);
  const sensitive = named.find((name) => SENSITIVE_HEADERS.test(name));
  if (sensitive !== undefined)
    at.machine.report(
      CHECK,
      node,
      at,
      `The header ${sensitive.toLowerCase()} becomes an attribute`,
    );
}

const isOff = (options: Value | undefined, name: string): boolean =>
  options?.fields?.get(name)?.constants?.[0] === false;

/** The AI SDK records inputs and outputs where telemetry is on and nobody says otherwise. */
function assistant(node: ObjectExpression, field: Value, at: At): void {
  at.machine.look(CHECK);
  const isOn = field.fields?.get('isEnabled')?.constants?.includes(true) === true;
  if (isOn && !(isOff(field, 'recordInputs') && isOff(field, 'recordOutputs')))
    at.machine.report(CHECK, node, at, 'experimental_telemetry records inputs and outputs');
}

/** Instrumentations that capture content unless they are told not to. */
export function capturingCall(call: Call, at: At): void {
  if (isTraceloop(call)) {
    at.machine.look(CHECK);
    if (!isOff(call.args[0], 'traceContent'))
      at.machine.report(CHECK, call.node, at, 'traceContent is on unless it is switched off');
  } else if (call.name === 'wrapMcpServerWithSentry') wrappedBySentry(call, at);
}

function isTraceloop({ callee, receiver, name }: Call): boolean {
  const from = callee.from ?? receiver?.from;
  if (from === undefined || !from.module.startsWith('@traceloop/')) return false;
  return name === 'initialize' || /Instrumentation$/.test(name);
}

/** From version 11 on, inputs and outputs are recorded by default. */
function wrappedBySentry(call: Call, at: At): void {
  at.machine.look(CHECK);
  const options = argument(call, 1);
  const majors = ['@sentry/node', '@sentry/core', '@sentry/cloudflare'].map(at.machine.majorOf);
  const isDefault = majors.some((major) => major !== undefined && major >= 11);
  const isSwitchedOff = isOff(options, 'recordInputs') && isOff(options, 'recordOutputs');
  if (isDefault && !isSwitchedOff && labelsOf(options) === 0)
    at.machine.report(CHECK, call.node, at, 'Inputs and outputs are recorded unless switched off');
}

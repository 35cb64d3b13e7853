import { argument, type Call } from '../flow/context.ts';
import { CONTENT, has, LABEL } from '../flow/labels.ts';
import type { At } from '../flow/machine.ts';
import { readProperty } from '../flow/properties.ts';
import { isSpan } from '../flow/spans.ts';
import { clean, HOLE, labelsOf, originOf, texts, type Value } from '../flow/value.ts';
import { exported } from './values.ts';

const content = 'source-span-values';

/** What a program writes onto spans. */
export function spanValues(call: Call, at: At): void {
  SINKS.get(call.name)?.(call, at);
}

type Sink = (call: Call, at: At) => void;

const SINKS: ReadonlyMap<string, Sink> = new Map<string, Sink>([
  ['setAttribute', oneAttribute],
  ['setTag', oneAttribute],
  ['setData', oneAttribute],
  ['setAttributes', manyAttributes],
  ['addTags', manyAttributes],
  ['addEvent', (call, at) => onSpan(call, call.args.slice(0, 2), 'an event of a span', at)],
  ['addLink', (call, at) => onSpan(call, call.args, 'a link of a span', at)],
  ['setStatus', status],
  ['recordException', exception],
  ['updateName', (call, at) => isSpan(call, at) && named(call, argument(call, 0), at)],
  ['startSpan', started],
  ['startInactiveSpan', started],
  ['startSpanManual', started],
  ['startActiveSpan', started],
]);

function oneAttribute(call: Call, at: At): void {
  const key = (texts(call.args[0])[0] ?? 'of that name').replaceAll(HOLE, '…');
  if (isAllowedName(key)) return;
  if (call.args.length === 2) onSpan(call, call.args, `the attribute ${key} of a span`, at);
}

/** Values that the conventions ask for and that name no content. */
const isAllowedName = (key: string): boolean =>
  /^(?:user_agent\.original|http\.(?:request\.)?method|http\.route|url\.scheme|session\.id|mcp\.session\.id|mcp\.session_id|gen_ai\.(?:tool|prompt)\.name|mcp\.(?:method\.name|protocol\.version)|rpc\.method)$/.test(
    key,
  );

function manyAttributes(call: Call, at: At): void {
  onSpan(call, call.args, 'attributes of a span', at);
}

function onSpan(call: Call, values: readonly Value[], target: string, at: At): void {
  if (!isSpan(call, at)) return;
  for (const value of values) exported(value, call.node, { content, target }, at);
}

function status(call: Call, at: At): void {
  if (!isSpan(call, at)) return;
  const message = readProperty(argument(call, 0), 'message', call.node, at);
  at.machine.look('source-error-text');
  exported(
    message,
    call.node,
    { content: 'source-error-text', target: 'the status of a span' },
    at,
  );
}

function exception(call: Call, at: At): void {
  if (!isSpan(call, at)) return;
  const target = 'an exception event of a span';
  at.machine.look('source-error-text');
  exported(argument(call, 0), call.node, { content: 'source-error-text', target }, at);
}

/** A span's name, and the attributes that it begins with. */
function started(call: Call, at: At): void {
  const options = argument(call, 0);
  const isObject = options.fields?.has('name') === true;
  named(call, isObject ? (options.fields?.get('name') ?? clean()) : options, at);
  const holders = isObject ? [options] : call.args.slice(1);
  for (const holder of holders)
    for (const name of ['attributes', 'data', 'tags']) {
      const attributes = holder.fields?.get(name);
      if (attributes !== undefined)
        exported(attributes, call.node, { content, target: 'attributes of a span' }, at);
    }
}

function named(call: Call, name: Value, at: At): void {
  at.machine.look('source-span-name');
  const labels = labelsOf(name);
  if (!has(labels, CONTENT | LABEL.error)) return;
  const origin = originOf(name, CONTENT | LABEL.error) ?? 'a request';
  at.machine.report('source-span-name', call.node, at, `A span is named after ${origin}`);
}

const SENTRY = /^(?:setContext|setExtra|setExtras|addBreadcrumb|captureMessage)$/;

/** What goes to Sentry besides spans. */
export function sentryValues(call: Call, at: At): void {
  if (!SENTRY.test(call.name) || !/sentry|scope/i.test(call.receiverText)) return;
  for (const value of call.args)
    exported(value, call.node, { content, target: `${call.name} of Sentry` }, at);
}

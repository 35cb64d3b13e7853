import { closedSchema } from '../sources.ts';
import { argument, type Call } from './context.ts';
import { callClosure } from './functions.ts';
import { CONTENT, has, LABEL, THROUGH_KNOWN } from './labels.ts';
import type { At } from './machine.ts';
import { spread } from './objects.ts';
import { opentelemetry } from './opentelemetry.ts';
import { elementOf } from './statements.ts';
import {
  carrying,
  clean,
  join,
  merged,
  object,
  ofKind,
  pour,
  setField,
  texts,
  type Value,
} from './value.ts';

type Model = (call: Call, at: At) => Value | undefined;

/** Functions of the language, of Node and of OpenTelemetry whose effect is known. */
export function known(call: Call, at: At): Value | undefined {
  const traced = closedSchema(call) ?? opentelemetry(call, at);
  if (traced !== undefined) return traced;
  // A function of the package that happens to be called so is not meant.
  if (call.callee.closure !== undefined) return undefined;
  const text = `${call.receiverText}.${call.name}`;
  const fixed = FUNCTIONS.get(call.receiver === undefined ? call.name : text);
  if (fixed !== undefined) return fixed(call, at);
  if (call.receiver === undefined) return undefined;
  return METHODS.get(call.name)?.(call, at);
}

const all = (call: Call): Value =>
  merged(call.receiver === undefined ? call.args : [call.receiver, ...call.args], THROUGH_KNOWN);
const first = (call: Call): Value => merged([argument(call, 0)], THROUGH_KNOWN);

const FUNCTIONS: ReadonlyMap<string, Model> = new Map<string, Model>([
  ['JSON.stringify', first],
  ['JSON.parse', first],
  ['structuredClone', (call) => argument(call, 0)],
  ['String', first],
  ['Number', first],
  ['parseInt', first],
  ['parseFloat', first],
  ['encodeURIComponent', first],
  ['Buffer.from', first],
  ['util.inspect', first],
  ['inspect', first],
  ['Boolean', clean],
  ['Array.isArray', clean],
  ['Array.from', (call) => argument(call, 0)],
  ['Buffer.byteLength', clean],
  ['Date.now', clean],
  ['performance.now', clean],
  ['Promise.resolve', (call) => argument(call, 0)],
  ['Promise.all', (call) => argument(call, 0)],
  ['Promise.race', (call) => argument(call, 0)],
  ['Promise.allSettled', (call) => argument(call, 0)],
  ['Object.keys', clean],
  ['Object.freeze', (call) => argument(call, 0)],
  ['Object.values', first],
  ['Object.entries', (call) => ({ ...first(call), kind: 'entries' })],
  ['Object.fromEntries', first],
  ['Object.assign', assignAll],
  ['path.extname', clean],
  ['extname', clean],
  ['createHash', () => ofKind('hash')],
  ['crypto.createHash', () => ofKind('hash')],
  ['createHmac', () => ofKind('hmac')],
  ['crypto.createHmac', () => ofKind('hmac')],
  ['crypto.hash', digested],
  ['hash', (call) => (call.args.length >= 2 ? digested(call) : undefined)],
  ['URL', first],
  ['Map', () => object()],
  ['Set', (call) => merged(call.args, THROUGH_KNOWN)],
  ['Headers', (call) => argument(call, 0)],
  ['Error', (call) => ({ ...first(call), fields: new Map([['message', first(call)]]) })],
]);

function assignAll(call: Call): Value {
  const target = argument(call, 0);
  for (const from of call.args.slice(1)) spread(target, from);
  return target;
}

function digested(call: Call): Value {
  const content = merged(call.args, THROUGH_KNOWN);
  return has(content.labels, CONTENT) ? carrying(LABEL.digest, content.origin) : clean();
}

const whole: Model = (call) => all(call);
const nothing: Model = () => clean();
const itself: Model = ({ receiver }) => receiver;

/** Runs a callback on what stands in a list. */
function each(call: Call, at: At): Value {
  const element = elementOf(call.receiver ?? clean());
  const closure = argument(call, 0).closure;
  if (closure === undefined) return clean();
  const isReduce = call.name === 'reduce';
  const args = isReduce ? [join(argument(call, 1), clean()), element] : [element];
  return callClosure(closure, args, at);
}

/** `.filter(([key]) => ALLOWED.has(key))` keeps what an allowlist lets through. */
function filtered(call: Call, at: At): Value {
  each(call, at);
  const closure = argument(call, 0).closure;
  const text = closure?.module.source.slice(closure.node.start ?? 0, closure.node.end ?? 0) ?? '';
  const byList =
    /=>\s*[\w.]*(?:\.has|\.includes)\(|=>\s*\w+ in |return [\w.]*(?:\.has|\.includes)\(/;
  const receiver = call.receiver ?? clean();
  return byList.test(text) && !/!|deny|secret|block/i.test(text)
    ? { labels: 0, kind: receiver.kind }
    : receiver;
}

function then(call: Call, at: At): Value {
  const closure = argument(call, 0).closure;
  const failed = argument(call, 1).closure;
  const value = call.receiver ?? clean();
  if (failed !== undefined) callClosure(failed, [errorOf(value, at)], at);
  return closure === undefined ? value : callClosure(closure, [value], at);
}

function caught(call: Call, at: At): Value {
  const value = call.receiver ?? clean();
  const closure = argument(call, 0).closure;
  if (closure === undefined) return value;
  return join(value, callClosure(closure, [errorOf(value, at)], at));
}

const errorOf = (value: Value, at: At): Value => {
  const labels = value.labels | at.frame.content.labels;
  return has(labels, CONTENT)
    ? carrying(LABEL.error, `an error while ${at.frame.name || 'the handler'} works`)
    : clean();
};

/** `.push(x)`, `.set(k, x)`, `.append(k, x)`: the receiver then carries it too. */
function added(call: Call): Value {
  const receiver = call.receiver ?? clean();
  const key = texts(call.args[0])[0];
  if (call.name === 'set' && key !== undefined && call.args[1] !== undefined)
    setField(receiver, key, call.args[1]);
  else for (const arg of call.args) pour(receiver, arg);
  return receiver;
}

function hashed(call: Call): Value | undefined {
  const { receiver } = call;
  if (receiver?.kind === 'hash') pour(receiver, merged(call.args, THROUGH_KNOWN));
  return receiver?.kind === 'hash' || receiver?.kind === 'hmac' ? receiver : undefined;
}

function digest({ receiver }: Call): Value | undefined {
  if (receiver?.kind === 'hmac') return clean();
  if (receiver?.kind !== 'hash') return undefined;
  return has(receiver.labels, CONTENT) ? carrying(LABEL.digest, receiver.origin) : clean();
}

/** `path.split('.').pop()?.slice(0, 8)`: a file's extension says what kind it is, and no more. */
function cut(call: Call): Value {
  const end = call.args[1]?.constants?.[0];
  const isShort = typeof end === 'number' && end <= 16;
  return call.receiver?.kind === 'extension' && isShort ? clean() : all(call);
}

function popped(call: Call): Value {
  const value = merged([elementOf(call.receiver ?? clean())], THROUGH_KNOWN);
  return call.receiver?.kind === 'split' ? { ...value, kind: 'extension' } : value;
}

function gotten(call: Call): Value | undefined {
  const key = texts(call.args[0])[0];
  const receiver = call.receiver ?? clean();
  if (key !== undefined && receiver.fields?.has(key)) return receiver.fields.get(key);
  return receiver.from === undefined && receiver.kind === undefined ? all(call) : undefined;
}

const METHODS: ReadonlyMap<string, Model> = new Map<string, Model>([
  ...[
    'toString toLowerCase toUpperCase trim trimEnd trimStart concat join replace replaceAll',
    'padStart padEnd repeat normalize flat shift find findLast text json arrayBuffer toJSON',
    'valueOf with toFixed match values',
  ]
    .join(' ')
    .split(' ')
    .map((name): [string, Model] => [name, whole]),
  ...'has includes startsWith endsWith test indexOf lastIndexOf findIndex hasOwnProperty keys'
    .split(' ')
    .map((name): [string, Model] => [name, nothing]),
  ...'sort reverse finally'.split(' ').map((name): [string, Model] => [name, itself]),
  ...'map flatMap forEach reduce some every'
    .split(' ')
    .map((name): [string, Model] => [name, each]),
  ['filter', filtered],
  ['then', then],
  ['catch', caught],
  ['push', added],
  ['unshift', added],
  ['set', added],
  ['append', added],
  ['get', gotten],
  ['update', hashed],
  ['digest', digest],
  ['slice', cut],
  ['substring', cut],
  ['split', (call) => ({ ...all(call), kind: 'split' })],
  ['pop', popped],
  ['at', popped],
  ['entries', (call) => ({ ...all(call), kind: 'entries' })],
]);

import type { ObjectExpression } from '@babel/types';
import type { Call } from './flow/context.ts';
import { callClosure } from './flow/functions.ts';
import { LABEL } from './flow/labels.ts';
import type { At } from './flow/machine.ts';
import { paramsOf } from './flow/properties.ts';
import { parameterName, spanOrNothing } from './flow/spans.ts';
import { type Closure, carrying, clean, ofKind, texts, type Value } from './flow/value.ts';

/** Where content comes in: handlers of tools, prompts, resources and HTTP requests. */
export function registration(call: Call, at: At): Value | undefined {
  const handler = call.args.findLast((arg) => arg.closure !== undefined)?.closure;
  if (handler === undefined) return undefined;
  const traced = tracedFunction(call, handler, at);
  if (traced !== undefined) return traced;
  const given = REGISTRATIONS.get(call.name)?.(call, handler, at);
  if (given === undefined) return undefined;
  enter(handler, given, at);
  return clean();
}

type Registration = (call: Call, handler: Closure, at: At) => readonly Value[] | undefined;

const REGISTRATIONS: ReadonlyMap<string, Registration> = new Map<string, Registration>([
  ['tool', toolArguments],
  ['registerTool', toolArguments],
  ['prompt', toolArguments],
  ['registerPrompt', toolArguments],
  ['resource', resourceArguments],
  ['registerResource', resourceArguments],
  ['setRequestHandler', requestArguments],
  ['createServer', httpArguments],
  ...['get', 'post', 'put', 'patch', 'delete', 'all', 'use'].map((name): [string, Registration] => [
    name,
    routeArguments,
  ]),
]);

const named = (call: Call): string => texts(call.args[0])[0] ?? 'a tool';

/** `registerTool(name, { inputSchema }, (args, extra) => …)` and its older form. */
function toolArguments(call: Call, handler: Closure): readonly Value[] | undefined {
  if (call.receiver === undefined || call.args.length < 2) return undefined;
  const origin = `arguments of ${named(call)}`;
  const schema = schemaOf(call);
  if (call.args.length === 2 || schema === false) return [{ ...ofKind('request'), origin }];
  return [argumentsBy(schema, origin), extra(), ...handler.node.params.slice(2).map(() => clean())];
}

const extra = (): Value => ofKind('request');

/** The schema of the arguments; `false` where there is a definition without one. */
function schemaOf(call: Call): Value | false | undefined {
  const definition = call.args.slice(1, -1).findLast((arg) => arg.fields !== undefined);
  if (definition === undefined) return undefined;
  if (call.name === 'tool' || call.name === 'prompt') return definition;
  const schema = definition.fields?.get('inputSchema') ?? definition.fields?.get('argsSchema');
  return schema ?? false;
}

/** Arguments whose schema is a closed set (boolean, enum, literal) carry no content. */
function argumentsBy(schema: Value | undefined, origin: string): Value {
  const value = carrying(LABEL.input, origin);
  const fields = [...(schema?.fields ?? [])].filter(
    ([, field]) => field.kind === 'query' && isClosed(field),
  );
  return fields.length === 0
    ? value
    : { ...value, fields: new Map(fields.map(([name]) => [name, clean()])) };
}

const isClosed = ({ origin }: Value): boolean => origin === CLOSED;
const CLOSED = 'a closed set';

const CLOSED_SCHEMAS = /^(?:boolean|enum|nativeEnum|literal)$/;

/** `z.enum(['fast', 'slow'])`, also with `.optional()` after it. */
export function closedSchema(call: Call): Value | undefined {
  const isSchema = /^(?:z|zod|s|v|t|Type|schema)\b/.test(call.receiverText);
  if (!isSchema) return undefined;
  if (call.name === 'object' || call.name === 'strictObject') return call.args[0];
  const isEnd = CLOSED_SCHEMAS.test(call.name) || call.receiver?.origin === CLOSED;
  return isEnd ? carrying(0, CLOSED, 'query') : undefined;
}

function resourceArguments(call: Call): readonly Value[] | undefined {
  if (call.receiver === undefined || call.args.length < 3) return undefined;
  const origin = `the URI of ${named(call)}`;
  return [carrying(LABEL.input, origin), carrying(LABEL.input, origin), extra()];
}

/** Requests by JSON-RPC that carry nothing of a user. */
const PLAIN_REQUESTS =
  /^(?:List|Initialize|Ping|SetLevel)|tools\/list|resources\/list|prompts\/list/;

function requestArguments(call: Call, _handler: Closure, at: At): readonly Value[] {
  const [schema] = call.argNodes;
  const text = schema ? at.module.source.slice(schema.start ?? 0, schema.end ?? 0) : '';
  const plain = PLAIN_REQUESTS.test(text.replace(/^.*\.|['"]/g, ''));
  const request: Value = { ...ofKind('request'), origin: plain ? undefined : 'a request' };
  return [request, extra()];
}

/** `app.post('/mcp', (req, res) => …)`: a path, and functions that take a request. */
function routeArguments(call: Call, handler: Closure): readonly Value[] | undefined {
  const isPath = (texts(call.args[0])[0] ?? '').startsWith('/');
  if (call.receiver === undefined || (!isPath && call.name !== 'use')) return undefined;
  return httpArguments(call, handler);
}

function httpArguments(_call: Call, handler: Closure): readonly Value[] | undefined {
  const { params } = handler.node;
  if (params.length === 0) return undefined;
  const request: Value = { ...ofKind('request'), origin: 'an HTTP request' };
  const isError = params.length === 4;
  const values = [request, ofKind('response'), clean()];
  return isError ? [carrying(LABEL.error, 'an HTTP request'), ...values] : values;
}

function enter(handler: Closure, given: readonly Value[], at: At): Value {
  return callClosure(handler, given, at, {
    frame: { role: 'handler', answers: answersOf(handler), safe: new Set() },
  });
}

/** Names within what a handler answers: `text: JSON.stringify(rows)`. */
function answersOf({ node, module }: Closure): ReadonlySet<string> {
  const text = module.source.slice(node.start ?? 0, node.end ?? 0);
  const parts = text.matchAll(/\btext:\s*([^\n}]+)|structuredContent(?::\s*(\w+))?/g);
  const names = [...parts].flatMap(([part]) => part.match(/[A-Za-z_$][\w$]*/g) ?? []);
  return new Set(names.slice(0, 64));
}

const RUNS = ['execute', 'handler', 'run', 'callback', 'invoke', 'call', 'fn', 'cb', 'func'];
const DESCRIBES = ['parameters', 'inputSchema', 'schema', 'input', 'args', 'argsSchema', 'params'];

/** `{ name, description, parameters, execute }`: a tool, wherever it is handed in. */
export function definitionHandler(_node: ObjectExpression, value: Value, at: At): void {
  const { fields } = value;
  if (fields === undefined || !(fields.has('description') || fields.has('name'))) return;
  const schema = DESCRIBES.map((name) => fields.get(name)).find((one) => one !== undefined);
  const handler = RUNS.map((name) => fields.get(name)?.closure).find((one) => one !== undefined);
  if (schema === undefined || handler === undefined) return;
  const name = texts(fields.get('name'))[0] ?? 'a tool';
  enter(handler, [argumentsBy(schema, `arguments of ${name}`), extra()], at);
}

const CONTENT_NAME =
  /^(?:tool|call|request|raw|user|mcp)?_?(?:args|arguments|inputs?|params|parameters|payload|prompt|query)$/i;
const RESULT_NAME = /^(?:tool|call|response|raw|mcp)?_?(?:results?|outputs?|completion)$/i;
const BODY_NAME = /^(?:request|response|req|res|raw)?_?body$/i;

/** Elsewhere `args` are those of a file system, and `body` is that of a loop. */
const SPEAKS_OF_TOOLS = /\bmcp|modelcontextprotocol|tool/i;
const SECRET_PARAMETER =
  /^(?:api|access|auth|bearer|secret|refresh|private)_?(?:key|token)$|^(?:password|passwd|clientSecret)$/i;

/** What a parameter holds, by its name alone, in source that speaks of tools. */
const GUESSES: readonly (readonly [RegExp, (origin: string) => Value])[] = [
  [/^params$/, (origin) => ({ ...carrying(LABEL.input, origin), fields: paramsOf(origin) })],
  [CONTENT_NAME, (origin) => carrying(LABEL.input, origin)],
  [BODY_NAME, (origin) => carrying(LABEL.input, origin)],
  [RESULT_NAME, (origin) => carrying(LABEL.result, origin)],
  [
    /^(?:inbound|incoming|request)?headers$/i,
    (origin) => carrying(LABEL.carrier, origin, 'headers'),
  ],
  [/^(?:req|request)$/, (origin) => ({ ...ofKind('request'), origin })],
  [/^(?:res|reply)$/, () => ofKind('response')],
];

/** Does a function do more with its arguments than call another with them? */
function looksAt({ node, module }: Closure, name: string): boolean {
  const text = module.source.slice(node.body.start ?? 0, node.body.end ?? 0);
  const handedOn = text.replaceAll(/\.\.\.\w+|apply\(\w+, \w+\)/g, '');
  return new RegExp(`\\b${name}\\b`).test(handedOn);
}

/** Parameters of a function that nobody in the package calls, by their names. */
export function guessed(
  closure: Closure,
  speaks: boolean = SPEAKS_OF_TOOLS.test(closure.module.source),
): readonly Value[] {
  const isOne = closure.node.params.length === 1;
  return closure.node.params.map((parameter) => {
    const name = parameterName(parameter);
    const origin = `\`${name}\` of ${closure.name || 'a function'}`;
    if (SECRET_PARAMETER.test(name)) return carrying(LABEL.secret, origin);
    // What follows named parameters, or is only handed on, is seldom what a client sent.
    const isRest = parameter.type === 'RestElement';
    const isLooked = !isRest || (isOne && looksAt(closure, name));
    const guess = speaks && isLooked ? GUESSES.find(([names]) => names.test(name)) : undefined;
    return guess?.[1](origin) ?? spanOrNothing(parameter, clean());
  });
}

/** `trace((span) => async (input) => …)`: a function that makes the one that is traced. */
function tracedFunction(call: Call, factory: Closure, at: At): Value | undefined {
  const isAutotel = call.callee.from?.module.startsWith('autotel') === true;
  if (!isAutotel || !/^(?:trace|span|instrument|withTracing)$/.test(call.name)) return undefined;
  const made = callClosure(factory, [ofKind('span')], at);
  if (made.closure !== undefined) callClosure(made.closure, guessed(made.closure, true), at);
  return made;
}

/** A name that nobody declares, as in an excerpt. */
export const undeclared = (name: string): Value =>
  RESULT_NAME.test(name) || /^(?:tool)?args$/i.test(name)
    ? carrying(LABEL.result, `\`${name}\``)
    : clean();

/** A function whose answer goes to a client, by its name. */
export const answersClients = (name: string): boolean =>
  /(?:^handle|Handler$|handler$)|(?:build|make|create|format|to|send|wrap)\w*(?:Response|Result|Reply|Answer)/.test(
    name,
  );

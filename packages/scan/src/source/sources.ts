import type { ObjectExpression } from '@babel/types';
import type { Call } from './flow/context.ts';
import { callClosure } from './flow/functions.ts';
import { LABEL } from './flow/labels.ts';
import type { At } from './flow/machine.ts';
import { isSecretName } from './flow/properties.ts';
import { parameterName, spanOrNothing } from './flow/spans.ts';
import { type Closure, carrying, clean, ofKind, texts, type Value } from './flow/value.ts';

/** Where content comes in: handlers of tools, prompts, resources and HTTP requests. */
export function registration(call: Call, at: At): Value | undefined {
  const handler = call.args.findLast((arg) => arg.closure !== undefined)?.closure;
  if (handler === undefined) return undefined;
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

/** A parameter of a function that nobody in the package calls, by its name. */
export function guessed(closure: Closure): readonly Value[] {
  return closure.node.params.map((parameter) => {
    const name = parameterName(parameter);
    const origin = `\`${name}\` of ${closure.name || 'a function'}`;
    if (CONTENT_NAME.test(name) || BODY_NAME.test(name)) return carrying(LABEL.input, origin);
    if (RESULT_NAME.test(name)) return carrying(LABEL.result, origin);
    if (/^(?:inbound|incoming|request)?headers$/i.test(name))
      return carrying(LABEL.carrier, origin, 'headers');
    if (/^(?:req|request)$/.test(name)) return { ...ofKind('request'), origin };
    if (/^(?:res|reply)$/.test(name)) return ofKind('response');
    return isSecretName(name) ? carrying(LABEL.secret, origin) : spanOrNothing(parameter, clean());
  });
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

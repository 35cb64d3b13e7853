import type * as AST from '@babel/types';
import { sessionRead } from '../sinks/session-url.ts';
import { CONTENT, LABEL } from './labels.ts';
import type { At } from './machine.ts';
import { carrying, clean, type Kind, ofKind, type Value } from './value.ts';

/** Sizes, numbers of things and names of models: facts about content, and no content. */
const SIZES =
  /^(?:length|size|byteLength|count|total|model|\w+(?:Count|Length|Size|Total|Bytes|Ms|Tokens|_tokens))$/;
/** How something went: of answers and errors, but a client may name a field so too. */
const OUTCOMES =
  /^(?:duration|status|statusCode|statusText|ok|isError|success|name|code|errno|constructor|type|kind|version|method|protocol|httpVersion|mimeType|contentType|route|id|finish_reason|model|headers)$/;

const isFact = (name: string, labels: number): boolean =>
  SIZES.test(name) || ((labels & LABEL.input) === 0 && OUTCOMES.test(name));

const SECRET_NAME =
  /(?:^|_|-)(?:KEY|APIKEY|TOKEN|SECRET|PASSWORD|PASSWD|PASS|CREDENTIALS?|PRIVATE|DATABASE_URL|CONNECTION_STRING)(?:$|_|-)|(?:KEY|TOKEN|SECRET|PASSWORD)$/i;
const PUBLIC_NAME = /PUBLIC|PUBLISHABLE|KEY_ID$|KEYBOARD|TOKENS?_(?:MAX|LIMIT|COUNT)|MAX_TOKENS/i;

export const isSecretName = (name: string): boolean =>
  SECRET_NAME.test(name) && !PUBLIC_NAME.test(name);

/** What reading a property of a value gives. */
export function readProperty(
  object: Value,
  name: string | undefined,
  node: AST.Node,
  at: At,
): Value {
  const own = name === undefined ? undefined : object.fields?.get(name);
  if (own !== undefined && object.kind !== 'environment') return own;
  if (object.from !== undefined) return ofPackage(object.from, name);
  const byKind = object.kind === undefined ? undefined : KINDS[object.kind];
  const known = byKind?.(object, name ?? '', node, at);
  if (known !== undefined) return known;
  if (name === undefined) return object.labels === 0 ? anyField(object) : partOf(object);
  if (object.labels === 0 || isFact(name, object.labels)) return clean();
  return ofMessage(object, name) ?? partOf(object);
}

const partOf = (object: Value): Value => ({
  ...carrying(object.labels, object.origin),
  kind: partKind(object),
});

/** Parts of a message by JSON-RPC that are not what a user said. */
function ofMessage({ labels, origin }: Value, name: string): Value | undefined {
  if (name === 'params' && (labels & LABEL.input) !== 0)
    return { ...carrying(LABEL.input, origin), fields: paramsOf(origin) };
  if (name === 'method' || name === 'jsonrpc') return clean();
  // An error has a code and a text.
  return name === 'error' && (labels & CONTENT) !== 0
    ? carrying(LABEL.error, `the error in ${origin ?? 'an answer'}`)
    : undefined;
}

const partKind = ({ kind }: Value): Kind | undefined => (kind === 'entries' ? undefined : kind);

function anyField(object: Value): Value {
  const fields = [...(object.fields?.values() ?? [])];
  const labels = fields.reduce((all, field) => all | field.labels, 0);
  return carrying(labels, fields.find((field) => field.labels !== 0)?.origin);
}

function ofPackage(from: NonNullable<Value['from']>, name: string | undefined): Value {
  if (from.name === 'process' && name === 'env') return ofKind('environment', LABEL.secret);
  if (from.name === 'process') return clean();
  const isWhole = from.name === '*' || from.name === 'default';
  return {
    labels: 0,
    from: { module: from.module, name: isWhole ? (name ?? '') : `${from.name}.${name}` },
  };
}

type Reader = (object: Value, name: string, node: AST.Node, at: At) => Value | undefined;

const KINDS: { readonly [K in Kind]?: Reader } = {
  environment: (_object, name) =>
    isSecretName(name) ? carrying(LABEL.secret, `the environment's ${name}`) : clean(),
  'span-context': (_object, name) =>
    name === 'traceId' || name === 'spanId' ? carrying(LABEL.trace, 'the span') : clean(),
  'baggage-entry': (object, name) =>
    name === 'value' ? carrying(LABEL.baggage, object.origin) : clean(),
  headers: (object, name) => headerNamed(name, object.origin),
  request: (object, name, node, at) => ofRequest(object, name, node, at),
  hooked: ofHooked,
  query: (object, name, node, at) => {
    sessionRead(object, name, node, at);
    return SESSION.test(name) ? carrying(LABEL.session | LABEL.input, object.origin) : undefined;
  },
};

const SESSION = /^(?:mcp[-_]?)?session[-_]?id$|^sid$/i;
const PLAIN_HEADERS =
  /^(?:user-agent|content-type|content-length|host|accept.*|connection|origin|mcp-protocol-version|mcp-method|mcp-name|x-request-id|last-event-id|x-forwarded-.*|x-real-ip|referer)$/i;

/** One header of a request. */
export function headerNamed(name: string, origin: string | undefined): Value | undefined {
  if (/^(?:authorization|cookie|x-api-key|proxy-authorization)$/i.test(name))
    return carrying(LABEL.secret, `the client's ${name}`);
  if (/^(?:traceparent|tracestate|x-trace-?id)$/i.test(name))
    return carrying(LABEL.trace, `the client's ${name}`);
  if (/^baggage$/i.test(name)) return carrying(LABEL.baggage | LABEL.carrier, origin);
  if (SESSION.test(name)) return carrying(LABEL.session, origin);
  if (PLAIN_HEADERS.test(name)) return clean();
  return carrying(LABEL.input, origin);
}

type Part = (origin: string | undefined) => Value;

const carrier: Part = (origin) => carrying(LABEL.carrier, origin, 'headers');
const nested: Part = (origin) => carrying(0, origin, 'request');
const content: Part = (origin) => carrying(LABEL.input, origin);
const queryPart: Part = (origin) => carrying(LABEL.input, origin, 'query');

const PARTS: ReadonlyMap<string, Part> = new Map<string, Part>([
  ...['headers', '_meta', 'rawHeaders'].map((name): [string, Part] => [name, carrier]),
  ...['requestInfo', 'req', 'request', 'mcpReq', 'http', 'raw', 'authInfo', 'auth'].map(
    (name): [string, Part] => [name, nested],
  ),
  ...['arguments', 'body', 'uri', 'requestState', 'url', 'originalUrl', 'cookies'].map(
    (name): [string, Part] => [name, content],
  ),
  ...['method', 'id', 'path', 'route', 'ip', 'hostname', 'protocol', 'jsonrpc'].map(
    (name): [string, Part] => [name, clean],
  ),
  ['query', queryPart],
  ['searchParams', queryPart],
  ['sessionId', (origin) => carrying(LABEL.session, origin)],
  ['params', (origin) => ({ ...nested(origin), fields: paramsOf(origin) })],
  ['token', () => carrying(LABEL.secret, "the client's token")],
]);

/** Of an HTTP request, or of a request by JSON-RPC. */
const ofRequest: Reader = (object, name) => PARTS.get(name)?.(object.origin);

/** Parameters of a request by JSON-RPC: the name of a tool is none of a client's content. */
export const paramsOf = (origin: string | undefined): Map<string, Value> =>
  new Map([
    ['arguments', carrying(LABEL.input, origin)],
    ['uri', carrying(LABEL.input, origin)],
    ['argument', carrying(LABEL.input, origin)],
    ['name', clean()],
    ['protocolVersion', clean()],
    ['_meta', carrying(LABEL.carrier, origin, 'headers')],
  ]);

const CONTENT_PARTS =
  /^(?:body|headers|rawHeaders|query|params|values|text|statement|cmdArgs|args|data|payload|response|result|message|content|cookies|rows|variables)$/;

/** What an instrumentation hands to a hook: a request with parts that are content. */
function ofHooked(object: Value, name: string): Value {
  if (/^headers$/.test(name)) return carrying(LABEL.carrier, object.origin, 'headers');
  if (CONTENT_PARTS.test(name)) return carrying(LABEL.input, object.origin);
  return /^(?:request|req|info|res|ctx|context)$/.test(name) ? { ...object } : clean();
}

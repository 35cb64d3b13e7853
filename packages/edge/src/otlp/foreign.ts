import {
  allowAttributes,
  type ClaimedIdentity,
  isObject,
  type ObservationKind,
  type Outcome,
  parseStrictText,
} from '@spoor/core';
import type { Dialect, Meaning } from './dialects/dialect.ts';
import { isClaim, kindOfWord, meaningOf } from './meanings.ts';
import type { SpanRow, Value } from './rows.ts';

/** What somebody else's span says of MCP. All of it is claimed. */
export interface ForeignSpan {
  readonly row: SpanRow;
  /** Undefined where the span is of no call that Spoor observes. */
  readonly call?: ForeignCall;
  /** Attributes and other parts that held content. */
  readonly leaks: readonly string[];
  /** Names of ours that came along. */
  readonly claims: number;
  /** What it says of identity under them. */
  readonly claimed?: ClaimedIdentity;
}

export interface ForeignCall {
  readonly kind: ObservationKind;
  /** JSON-RPC method, or '' where none is known. */
  readonly method: string;
  readonly tool?: string;
  readonly prompt?: string;
  /** Content. */
  readonly uri?: string;
  readonly requestId?: string;
  readonly protocolVersion?: string;
  readonly server: string;
  readonly transport: 'stdio' | 'http' | 'unknown';
  readonly outcome: Outcome;
  readonly errorType?: string;
  readonly request?: Content;
  readonly result?: Content;
  readonly error?: Content;
}

/** Content as the attributes held it, by their names, and what it says. */
export interface Content {
  readonly raw: Readonly<Record<string, Value>>;
  readonly value: unknown;
}

const KIND_OF_METHOD: Readonly<Record<string, ObservationKind>> = {
  'tools/call': 'tool.call',
  'resources/read': 'resource.read',
  'prompts/get': 'prompt.get',
  'sampling/createMessage': 'sampling.request',
  'elicitation/create': 'elicitation.request',
};

const METHOD_OF_KIND: Readonly<Partial<Record<ObservationKind, string>>> = {
  'tool.call': 'tools/call',
};

/** Where content stands that is no attribute. */
const STATUS_MESSAGE = 'status.message';
const SPAN_NAME = 'span name';

const CLAIMED = ['level', 'sub_p', 'agent'] as const;

type Found = Partial<Record<Meaning, Value>>;

/** Undefined for a span that has nothing to do with MCP or GenAI. */
export function readForeign(row: SpanRow): ForeignSpan | undefined {
  const notes = new Notes(row);
  notes.read();
  if (notes.dialect === undefined && notes.claims === 0) return undefined;
  const call = callOf(notes);
  return {
    row,
    leaks: notes.leaks(),
    claims: notes.claims,
    ...(Object.keys(notes.claimed).length === 0 ? {} : { claimed: notes.claimed }),
    ...(call === undefined ? {} : { call }),
  };
}

/** Reads the attributes of one span, once. */
class Notes {
  readonly row: SpanRow;
  readonly found: Found = {};
  readonly arguments: Record<string, Value> = {};
  readonly #raw = new Map<Meaning, Record<string, Value>>();
  readonly #leaks = new Set<string>();
  dialect: Dialect | undefined;
  kind: ObservationKind | undefined;
  method = '';
  claims = 0;
  readonly claimed: { -readonly [Name in keyof ClaimedIdentity]: ClaimedIdentity[Name] } = {};

  constructor(row: SpanRow) {
    this.row = row;
  }

  read(): void {
    for (const { key, value } of this.row.attributes) this.#note(key, value);
    for (const { name, attributes } of this.row.events) {
      for (const { key, value } of attributes) this.#noteEvent(name, key, value);
    }
    this.#methodOfName();
    const { statusMessage } = this.row;
    if (this.row.status === ERROR && !isCoded(statusMessage))
      this.#keep('error', STATUS_MESSAGE, statusMessage);
    this.#strayUris();
  }

  #note(name: string, value: Value): void {
    if (isClaim(name)) {
      this.claims += 1;
      this.#claim(name, value);
      return;
    }
    const known = meaningOf(name);
    if (known === undefined || value === '' || value === null) return;
    // What is of the conventions is of every dialect; the others say whose words these are.
    if (this.dialect === undefined || this.dialect.name === 'opentelemetry')
      this.dialect = known.dialect;
    const { meaning } = known;
    if (meaning === 'kind') this.kind ??= kindOfWord(known.dialect, String(value));
    else if (meaning === 'argument') {
      this.arguments[name.slice(name.lastIndexOf('.') + 1)] = jsonOf(value);
      this.#keep(meaning, name, value, known.shown);
    } else if (CONTENT.has(meaning)) this.#keep(meaning, name, value, known.shown);
    this.found[meaning] ??= value;
  }

  /** Kept as a claim only in the form that our own has. */
  #claim(name: string, value: Value): void {
    const part = CLAIMED.find((one) => name === `mcp.identity.${one}`);
    if (part === undefined || typeof value !== 'string') return;
    if (Object.hasOwn(allowAttributes({ [name]: value }).attributes, name))
      this.claimed[part] = value;
  }

  #noteEvent(event: string, name: string, value: Value): void {
    const known = meaningOf(name);
    const isError = known?.meaning === 'error';
    if (isError) this.#keep('error', name, value);
    else if (event.startsWith('gen_ai.') && typeof value === 'string')
      this.#keep('content', name, value, known?.shown ?? 'gen_ai.*');
  }

  /** Span names such as `prompts/get.mcp`. */
  #methodOfName(): void {
    const { name } = this.row;
    const suffix = this.dialect?.methodSuffix;
    if (suffix !== undefined && name.endsWith(suffix)) this.method = name.slice(0, -suffix.length);
    if (typeof this.found.method === 'string') this.method = this.found.method;
  }

  #keep(meaning: Meaning, name: string, value: Value, shown: string = name): void {
    if (value === '' || value === null) return;
    const raw = this.#raw.get(meaning) ?? {};
    raw[name] = value;
    this.#raw.set(meaning, raw);
    this.#leaks.add(shown);
  }

  /** A URI is content in whatever it stands. */
  #strayUris(): void {
    const uri = this.text('uri');
    if (uri === undefined) return;
    if (this.row.name.includes(uri)) this.#leaks.add(SPAN_NAME);
    for (const { key, value } of this.row.attributes)
      if (typeof value === 'string' && value.includes(uri)) this.#leaks.add(safeKey(key));
  }

  raw(...meanings: readonly Meaning[]): Readonly<Record<string, Value>> {
    return Object.assign({}, ...meanings.map((meaning) => this.#raw.get(meaning) ?? {}));
  }

  text(meaning: Meaning): string | undefined {
    const value = this.found[meaning];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
  }

  leaks(): string[] {
    return [...this.#leaks];
  }
}

/** Names that no table knows may be anything. */
const safeKey = (key: string): string => meaningOf(key)?.shown ?? 'other';

const ERROR = 2;
const CONTENT: ReadonlySet<Meaning> = new Set<Meaning>([
  'uri',
  'arguments',
  'argument',
  'result',
  'input',
  'output',
  'error',
  'content',
]);

/** A word of a closed list, as careful instrumentations put it there. */
const isCoded = (text: string): boolean => /^(-?\d{1,6}|[a-z][a-z_]{0,31})?$/.test(text);

/** Content that came as JSON text is read as what it says. */
function jsonOf(value: Value): Value {
  if (typeof value !== 'string' || !/^\s*[[{"]/.test(value)) return value;
  const parsed = parseStrictText(value);
  return parsed.ok ? (parsed.value as Value) : value;
}

function callOf(notes: Notes): ForeignCall | undefined {
  const byMethod = notes.method === '' ? undefined : KIND_OF_METHOD[notes.method];
  const kind = byMethod ?? (notes.method === '' ? notes.kind : undefined);
  if (kind === undefined) return undefined;
  const contents = contentsOf(notes, kind);
  if (kind === 'intent' && contents.request === undefined) return undefined;
  return {
    kind,
    method: notes.method === '' ? (METHOD_OF_KIND[kind] ?? '') : notes.method,
    ...targetOf(notes, kind),
    ...detailsOf(notes),
    server: serverOf(notes),
    transport: transportOf(notes),
    ...outcomeOf(notes),
    ...contents,
  };
}

type Contents = Pick<ForeignCall, 'request' | 'result' | 'error'>;

function contentsOf(notes: Notes, kind: ObservationKind): Contents {
  const uri = kind === 'resource.read' ? [] : (['uri'] as const);
  const request = requestOf(notes, notes.raw('arguments', 'argument', 'input', 'content', ...uri));
  const output = notes.raw('result', 'output');
  const error = notes.raw('error');
  const [answer] = Object.values(output);
  return {
    ...(request === undefined ? {} : { request }),
    ...(answer === undefined ? {} : { result: { raw: output, value: jsonOf(answer) } }),
    ...(Object.keys(error).length === 0
      ? {}
      : { error: { raw: error, value: Object.values(error).join('\n') } }),
  };
}

/** What was asked: arguments where there are some, else whatever went in. */
function requestOf(notes: Notes, raw: Readonly<Record<string, Value>>): Content | undefined {
  if (Object.keys(raw).length === 0) return undefined;
  const { found, arguments: each } = notes;
  if (Object.keys(each).length > 0) return { raw, value: each };
  const whole = found.arguments ?? found.input;
  return { raw, value: whole === undefined ? raw : argumentsOf(jsonOf(whole)) };
}

/** Inputs of some dialects hold the parameters of the whole request. */
function argumentsOf(input: Value): Value {
  if (!isObject(input) || !isObject(input.arguments)) return input;
  const named = typeof input.name === 'string' || typeof input.tool_name === 'string';
  return named ? (input.arguments as Value) : input;
}

function targetOf(
  notes: Notes,
  kind: ObservationKind,
): Pick<ForeignCall, 'tool' | 'prompt' | 'uri'> {
  const input = jsonOf(notes.found.input ?? null);
  const params = isObject(input) ? input : {};
  const said = (name: string): string | undefined =>
    typeof params[name] === 'string' ? (params[name] as string) : undefined;
  const pick = <Name extends string>(name: Name, value: string | undefined): object =>
    value === undefined ? {} : { [name]: value };
  if (kind === 'tool.call')
    return pick('tool', notes.text('tool') ?? notes.text('name') ?? toolOfName(notes.row.name));
  if (kind === 'prompt.get') return pick('prompt', notes.text('prompt') ?? said('name'));
  if (kind === 'resource.read') return pick('uri', notes.text('uri') ?? said('uri'));
  return {};
}

/** `tools/call get-weather`, also behind the words of an instrumentation. */
const toolOfName = (name: string): string | undefined =>
  /(?:^| )(?:tools\/call|execute_tool) (\S{1,128})$/.exec(name)?.[1];

function detailsOf(notes: Notes): Pick<ForeignCall, 'requestId' | 'protocolVersion'> {
  const requestId = notes.text('requestId');
  const version = notes.text('protocolVersion') ?? '';
  return {
    ...(requestId === undefined ? {} : { requestId }),
    ...(/^\d{4}-\d{2}-\d{2}$/.test(version) ? { protocolVersion: version } : {}),
  };
}

/** As it names itself, else the service that emits the span. */
function serverOf(notes: Notes): string {
  return notes.text('server') ?? serviceOf(notes.row);
}

export function serviceOf({ resource }: SpanRow): string {
  const value = resource.attributes.find(({ key }) => key === 'service.name')?.value;
  return typeof value === 'string' && value !== '' ? value : 'unknown';
}

function transportOf(notes: Notes): ForeignCall['transport'] {
  const transport = notes.text('transport');
  if (transport === 'pipe') return 'stdio';
  return transport === 'tcp' || transport === 'quic' ? 'http' : 'unknown';
}

function outcomeOf(notes: Notes): Pick<ForeignCall, 'outcome' | 'errorType'> {
  const type = notes.text('errorType');
  const code = notes.text('statusCode') ?? type;
  if (code !== undefined && /^-\d{1,6}$/.test(code))
    return { outcome: 'protocol_error', errorType: code };
  if (type === 'timeout' || type === 'cancelled') return { outcome: type, errorType: type };
  const failed = notes.found.isError === true || notes.row.status === ERROR || type !== undefined;
  return failed ? { outcome: 'tool_error', errorType: 'tool_error' } : { outcome: 'ok' };
}

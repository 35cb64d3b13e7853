import { readJsonc } from './jsonc.ts';
import { readToml } from './toml.ts';

/** A part of the text: code units from `start` up to `end`. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** A string of the file, with its quotes. */
export interface Literal extends TextRange {
  readonly value: string;
}

/** How a client starts or reaches one server. */
export type ServerForm =
  | StdioForm
  | RemoteForm
  /** Neither, or in a form that is not understood. */
  | { readonly kind: 'other'; readonly why: string };

export interface StdioForm {
  readonly kind: 'stdio';
  /** Keys from the top to the object that has the command. */
  readonly holder: readonly string[];
  readonly commandKey: 'command' | 'path';
  /** Where that key stands. */
  readonly key: TextRange;
  readonly command: Literal;
  readonly args: ArgumentList | undefined;
  readonly insertion: ListInsertion;
  readonly extras: Extras;
}

/** A server at an address. */
export interface RemoteForm {
  readonly kind: 'remote';
  readonly url: string;
  /** Keys from the top to the object that has the address. */
  readonly holder: readonly string[];
  readonly address: NamedLiteral;
  readonly insertion: ListInsertion;
  readonly extras: Extras;
}

/** Where a list of arguments would go: the text before and after its elements. */
export interface ListInsertion {
  readonly at: number;
  readonly before: string;
  readonly after: string;
}

/** What else an entry says that matters to how its server is reached. */
export interface Extras {
  /** Names of all its members. */
  readonly names: readonly string[];
  /** `type` and `transport`. */
  readonly kinds: readonly NamedLiteral[];
  /** `headers`, `http_headers` and `env`; absent where a value in it is no text. */
  readonly maps: readonly TextMap[];
  /** `bearer_token_env_var` and `env_vars`: variables of the client that the server gets. */
  readonly variables: readonly NamedList[];
}

export interface NamedLiteral {
  readonly name: string;
  readonly key: TextRange;
  readonly value: Literal;
}

/** A text, or a list of texts, with its own key. */
export interface NamedList extends TextRange {
  readonly name: string;
  readonly key: TextRange;
  readonly values: readonly string[];
}

/** A member that maps names to texts. */
export interface TextMap {
  readonly name: string;
  readonly key: TextRange;
  /** Behind what opens it: where another item may go. */
  readonly inside: number | undefined;
  /** Where the whole member ends; undefined for one that is no part of its entry's own text. */
  readonly end: number | undefined;
  readonly items: readonly NamedLiteral[];
}

export const KIND_KEYS: readonly string[] = ['type', 'transport'];
export const MAP_KEYS: readonly string[] = ['headers', 'http_headers', 'env'];
export const VARIABLE_KEYS: readonly string[] = ['bearer_token_env_var', 'env_vars'];

export interface ArgumentList extends TextRange {
  readonly items: readonly Literal[];
  /** What to take away so that the whole member is gone. */
  readonly removal: TextRange;
}

export interface ServerEntry {
  /** Keys from the top; the last is the name. */
  readonly at: readonly string[];
  readonly name: string;
  readonly form: ServerForm;
  /** Switched off in the client: it starts nothing. */
  readonly off: boolean;
}

/** A value that is no object or list, and where it stands; for hiding what may be secret. */
export interface Scalar extends TextRange {
  readonly at: readonly (string | number)[];
  readonly value: unknown;
}

export type ClientDocument =
  | ReadClientDocument
  /** Line and column count from 1. */
  | { readonly ok: false; readonly line: number; readonly column: number; readonly why: string };

/** What only editing and showing need is read when it is asked for: files can be megabytes. */
export interface ReadClientDocument {
  readonly ok: true;
  readonly servers: readonly ServerEntry[];
  /** What the whole file means. */
  value(): unknown;
  outline(): Outline;
}

export interface Outline {
  readonly scalars: readonly Scalar[];
  readonly comments: readonly TextRange[];
}

/** Reads the text of a configuration. An empty file has no servers. */
export function readDocument(
  text: string,
  format: 'jsonc' | 'toml',
  at: readonly (readonly string[])[],
): ClientDocument {
  return format === 'toml' ? readToml(text, at) : readJsonc(text, at);
}

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
  | { readonly kind: 'remote'; readonly url: string }
  /** Neither, or in a form that is not understood. */
  | { readonly kind: 'other'; readonly why: string };

export interface StdioForm {
  readonly kind: 'stdio';
  /** Keys from the top to the object that has the command. */
  readonly holder: readonly string[];
  readonly commandKey: 'command' | 'path';
  readonly command: Literal;
  readonly args: ArgumentList | undefined;
  /** Where a list of arguments would go: the text before and after its elements. */
  readonly insertion: { readonly at: number; readonly before: string; readonly after: string };
}

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

import { isDeepStrictEqual } from 'node:util';
import { LIMITS } from '@spoor/core';
import {
  type ArgumentList,
  type ReadClientDocument,
  readDocument,
  type ServerEntry,
  type StdioForm,
  type TextRange,
  wrappingOf,
} from '@spoor/edge/clients';

/** What a client starts instead of a server: an executable and its first words. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
}

export interface Edit extends TextRange {
  readonly text: string;
}

/** A server whose entry is changed, and what the entry then says. */
interface Change {
  readonly form: StdioForm;
  readonly command: string;
  /** Undefined where the member goes. */
  readonly args: readonly string[] | undefined;
  readonly edits: readonly Edit[];
}

type Format = 'jsonc' | 'toml';

export interface Edited {
  readonly text: string;
  /** Names of the servers whose entries changed. */
  readonly servers: readonly string[];
  /** Those that had no list of arguments before; for the way back. */
  readonly withoutArgs: readonly string[];
}

/** Undefined where the edited text would not mean what it should. */
export function wrapServers(
  text: string,
  format: Format,
  at: readonly (readonly string[])[],
  document: ReadClientDocument,
  launch: Launch,
): Edited | undefined {
  const changes = document.servers.flatMap((server) => {
    const change = wrapping(text, format, server, launch);
    return change === undefined ? [] : [{ server, change }];
  });
  const edited = apply(text, format, at, document, changes);
  return (
    edited && {
      ...edited,
      withoutArgs: changes
        .filter(({ change }) => change.form.args === undefined)
        .map(({ server }) => keyOf(server)),
    }
  );
}

/**
 * Takes away what `wrapServers` put there, whatever else has changed since. Wrappings made by hand
 * stay.
 */
export function unwrapServers(
  text: string,
  format: Format,
  at: readonly (readonly string[])[],
  document: ReadClientDocument,
  known: Known,
): Edited | undefined {
  const changes = document.servers.flatMap((server) => {
    const change = unwrapping(text, server, known);
    return change === undefined ? [] : [{ server, change }];
  });
  const edited = apply(text, format, at, document, changes);
  return edited && { ...edited, withoutArgs: [] };
}

/** What the record of an earlier `wrapServers` knows. */
export interface Known {
  /** A launcher of another name than ours. */
  readonly launcher?: string;
  readonly withoutArgs: readonly string[];
}

const keyOf = ({ at }: ServerEntry): string => JSON.stringify(at);

function wrapping(
  text: string,
  format: Format,
  { name, form }: ServerEntry,
  launch: Launch,
): Change | undefined {
  if (form.kind !== 'stdio') return undefined;
  const own = form.args?.items.map(({ value }) => value) ?? [];
  if (wrappingOf(form.command.value, own) !== undefined) return undefined;
  const words = [...launch.args, 'run', ...nameWords(name), '--'];
  const quoted = words.map((word) => quote(word, format));
  const original = text.slice(form.command.start, form.command.end);
  const { start, end } = form.command;
  return {
    form,
    command: launch.command,
    args: [...words, form.command.value, ...own],
    edits: [
      { start, end, text: quote(launch.command, format) },
      insertion(text, form, [...quoted, original]),
    ],
  };
}

/** A name that looks like a flag would be taken for one. */
function nameWords(name: string): string[] {
  const short = name.slice(0, LIMITS.nameCharsMax).toWellFormed();
  return short.startsWith('-') || short === '' ? [`--name=${short}`] : ['--name', short];
}

function insertion(text: string, { args, insertion }: StdioForm, words: readonly string[]): Edit {
  if (args === undefined) {
    const { at, before, after } = insertion;
    return { start: at, end: at, text: `${before}${words.join(', ')}${after}` };
  }
  const [first, second] = args.items;
  if (first === undefined) {
    return { start: args.start + 1, end: args.start + 1, text: words.join(', ') };
  }
  const between = separator(text, args, first, second);
  return {
    start: first.start,
    end: first.start,
    text: words.map((word) => `${word}${between}`).join(''),
  };
}

/** As the elements that are there stand apart: each on its own line, or with one blank. */
function separator(
  text: string,
  args: ArgumentList,
  first: TextRange,
  second: TextRange | undefined,
): string {
  const gap = second === undefined ? '' : text.slice(first.end, second.start);
  if (/^\s*,\s*$/.test(gap)) return gap;
  const line = /(?:\r\n|\n|\r)[ \t]*$/.exec(text.slice(args.start, first.start));
  return line === null ? ', ' : `,${line[0]}`;
}

function unwrapping(text: string, server: ServerEntry, known: Known): Change | undefined {
  const { form } = server;
  const hadNoArgs = known.withoutArgs.includes(keyOf(server));
  if (form.kind !== 'stdio' || form.args === undefined) return undefined;
  const { items } = form.args;
  const values = items.map(({ value }) => value);
  const found = wrappingOf(form.command.value, values);
  const ours = found?.byLauncher === true || found?.launcher === known.launcher;
  const original = found !== undefined && ours ? items[found.ownArgs] : undefined;
  const [first] = items;
  if (found === undefined || original === undefined || first === undefined) return undefined;
  const next = items[found.ownArgs + 1];
  const gone: TextRange =
    next !== undefined
      ? { start: first.start, end: next.start }
      : hadNoArgs
        ? form.args.removal
        : emptied(text, form.args, first.start, original.end);
  const { start, end } = form.command;
  return {
    form,
    command: original.value,
    args: next === undefined && hadNoArgs ? undefined : values.slice(found.ownArgs + 1),
    edits: [
      { start, end, text: text.slice(original.start, original.end) },
      { ...gone, text: '' },
    ],
  };
}

/** What goes where no argument stays; of a list that was laid out anew, its white space too. */
function emptied(text: string, args: ArgumentList, start: number, end: number): TextRange {
  const inner = { start: args.start + 1, end: args.end - 1 };
  const around = text.slice(inner.start, start) + text.slice(end, inner.end);
  return inner.start < start && around.trim() === '' ? inner : { start, end };
}

/** The text with all changes made, if it then means what the changes say and nothing else. */
function apply(
  text: string,
  format: Format,
  at: readonly (readonly string[])[],
  document: ReadClientDocument,
  changes: readonly { readonly server: ServerEntry; readonly change: Change }[],
): { text: string; servers: string[] } | undefined {
  const edited = applyEdits(
    text,
    changes.flatMap(({ change }) => change.edits),
  );
  const expected = structuredClone(document.value());
  for (const { change } of changes) {
    const holder = valueAt(expected, change.form.holder);
    if (holder === undefined) return undefined;
    holder[change.form.commandKey] = change.command;
    if (change.args === undefined) delete holder.args;
    else holder.args = change.args;
  }
  const now = readDocument(edited, format, at);
  if (!now.ok || !isDeepStrictEqual(now.value(), expected)) return undefined;
  return { text: edited, servers: changes.map(({ server }) => server.name) };
}

function valueAt(value: unknown, keys: readonly string[]): Record<string, unknown> | undefined {
  let inner = value;
  for (const key of keys) {
    if (typeof inner !== 'object' || inner === null || !Object.hasOwn(inner, key)) return undefined;
    inner = (inner as Record<string, unknown>)[key];
  }
  return inner as Record<string, unknown>;
}

/** Edits do not overlap. One pass: a masked file has an edit for almost every value. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const parts: string[] = [];
  let from = 0;
  for (const edit of edits.toSorted((a, b) => a.start - b.start)) {
    parts.push(text.slice(from, edit.start), edit.text);
    from = edit.end;
  }
  parts.push(text.slice(from));
  return parts.join('');
}

/** Basic strings of TOML take the escapes of JSON, and want DEL escaped too. */
const quote = (word: string, format: Format): string =>
  format === 'toml' ? JSON.stringify(word).replaceAll('\u007f', '\\u007f') : JSON.stringify(word);

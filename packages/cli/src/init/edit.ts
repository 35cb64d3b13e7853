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
import { type RemoteWords, remoteWords, unwrapRemote, wrapRemote } from './remote.ts';

/** What a client starts instead of a server: an executable and its first words. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
}

export interface Edit extends TextRange {
  readonly text: string;
}

/** A server whose entry is changed. */
export interface Change {
  /** Keys from the top to the object that changes. */
  readonly holder: readonly string[];
  /** What that object says then. */
  readonly mean: (holder: Record<string, unknown>) => void;
  readonly edits: readonly Edit[];
}

export type Format = 'jsonc' | 'toml';

export interface Edited {
  readonly text: string;
  /** Names of the servers whose entries changed. */
  readonly servers: readonly string[];
  /** Those that had no list of arguments before; for the way back. */
  readonly withoutArgs: readonly string[];
  /** What entries of servers elsewhere said, by server. */
  readonly remotes: Readonly<Record<string, RemoteWords>>;
}

/** Undefined where the edited text would not mean what it should. */
export function wrapServers(
  text: string,
  format: Format,
  at: readonly (readonly string[])[],
  document: ReadClientDocument,
  launch: Launch,
  isWanted: (server: ServerEntry) => boolean = () => true,
): Edited | undefined {
  const changes = document.servers.filter(isWanted).flatMap((server) => {
    const change = wrapping(text, format, server, launch);
    return change === undefined ? [] : [{ server, change }];
  });
  const edited = apply(text, format, at, document, changes);
  const entries = changes.map(({ server }) => server);
  return (
    edited && {
      ...edited,
      withoutArgs: entries
        .filter(({ form }) => form.kind === 'stdio' && form.args === undefined)
        .map(keyOf),
      remotes: Object.fromEntries(
        entries.flatMap((server) =>
          server.form.kind === 'remote' ? [[keyOf(server), remoteWords(text, server.form)]] : [],
        ),
      ),
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
    const change = unwrapping(text, format, server, known);
    return change === undefined ? [] : [{ server, change }];
  });
  const possible = changes.flatMap(({ server, change }) =>
    change === 'unusual' ? [] : [{ server, change }],
  );
  if (possible.length < changes.length) return undefined;
  const edited = apply(text, format, at, document, possible);
  return edited && { ...edited, withoutArgs: [], remotes: {} };
}

/** What the record of an earlier `wrapServers` knows. */
export interface Known {
  /** A launcher of another name than ours. */
  readonly launcher?: string;
  readonly withoutArgs: readonly string[];
  readonly remotes?: Readonly<Record<string, RemoteWords>>;
}

const keyOf = ({ at }: ServerEntry): string => JSON.stringify(at);

function wrapping(
  text: string,
  format: Format,
  { name, form }: ServerEntry,
  launch: Launch,
): Change | undefined {
  if (form.kind === 'remote')
    return wrapRemote(text, format, form, launch, [...launch.args, 'run', ...nameWords(name)]);
  if (form.kind !== 'stdio') return undefined;
  const own = form.args?.items.map(({ value }) => value) ?? [];
  if (wrappingOf(form.command.value, own) !== undefined) return undefined;
  const words = [...launch.args, 'run', ...nameWords(name), '--'];
  const quoted = words.map((word) => quote(word, format));
  const original = text.slice(form.command.start, form.command.end);
  const { start, end } = form.command;
  return {
    holder: form.holder,
    mean: (holder) => {
      holder[form.commandKey] = launch.command;
      holder.args = [...words, form.command.value, ...own];
    },
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

function unwrapping(
  text: string,
  format: Format,
  server: ServerEntry,
  known: Known,
): Change | 'unusual' | undefined {
  const { form } = server;
  const hadNoArgs = known.withoutArgs.includes(keyOf(server));
  if (form.kind !== 'stdio' || form.args === undefined) return undefined;
  const { items } = form.args;
  const values = items.map(({ value }) => value);
  const found = wrappingOf(form.command.value, values);
  const ours = found?.byLauncher === true || found?.launcher === known.launcher;
  if (found?.remote !== undefined)
    return ours
      ? unwrapRemote(text, format, form, found.remote, known.remotes?.[keyOf(server)])
      : undefined;
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
    holder: form.holder,
    mean: (holder) => {
      holder[form.commandKey] = original.value;
      if (next === undefined && hadNoArgs) delete holder.args;
      else holder.args = values.slice(found.ownArgs + 1);
    },
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
    const holder = valueAt(expected, change.holder);
    if (holder === undefined) return undefined;
    change.mean(holder);
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
export const quote = (word: string, format: Format): string =>
  format === 'toml' ? JSON.stringify(word).replaceAll('\u007f', '\\u007f') : JSON.stringify(word);

import type {
  ArgumentList,
  NamedLiteral,
  RemoteForm,
  StdioForm,
  TextMap,
  TextRange,
  WrappedRemote,
} from '@spoor/edge/clients';
import { isSettable } from '../upstreamflags.ts';
import { type Change, type Edit, type Format, type Launch, quote } from './edit.ts';

/** How an entry named what Spoor's entry says otherwise; for the way back. */
export interface RemoteWords {
  readonly address: string;
  /** Members that said how the server is reached, with their values as they stood there. */
  readonly kinds: Readonly<Record<string, string>>;
  readonly headers?: {
    readonly name: string;
    /** Names of headers, each as it stood there. */
    readonly keys: Readonly<Record<string, string>>;
  };
}

const URL_VARIABLE = 'SPOOR_URL';
const STDIO = 'stdio';

/** Members of entries whose client signs in by itself, or makes headers by itself. */
const SIGN_IN: ReadonlySet<string> = new Set([
  'auth',
  'oauth',
  'oauth_resource',
  'scopes',
  'authProviderType',
  'headersHelper',
  'targetAudience',
  'targetServiceAccount',
]);

export interface RemotePolicy {
  /** Wrap, too, what a client may sign in to by itself. */
  readonly remote: boolean;
  /** Members whose address speaks the older transport, with this client. */
  readonly eventsKey?: string;
}

/** Why an entry with an address stays as it is; undefined where it can be wrapped. */
export function whyLeft(form: RemoteForm, policy: RemotePolicy): string | undefined {
  const { extras, address, url } = form;
  const kind = extras.kinds.find(({ value }) => !/^(http|streamable-?http)$/i.test(value.value));
  const isEvents = extras.kinds.length === 0 && policy.eventsKey === address.name;
  if (kind !== undefined || isEvents)
    return 'it speaks an older transport than Streamable HTTP; `spoor gateway` can stand before it';
  const headers = headersOf(form);
  const unknown = ['headers', 'http_headers'].find((name) => extras.names.includes(name));
  if (unknown !== undefined && headers === undefined) return `its ${unknown} are not all text`;
  if (extras.names.includes('env_http_headers'))
    return 'it takes headers from variables of the client (env_http_headers)';
  if (['env', 'env_vars', 'args'].some((name) => extras.names.includes(name)))
    return 'it says both how to start and where to reach its server';
  const bad = headers?.items.find(({ name, value }) => !isSettable(name) || value.value === '');
  if (bad !== undefined) return `its header ${bad.name} cannot be passed on`;
  const signsIn = extras.names.find((name) => SIGN_IN.has(name));
  if (policy.remote) return undefined;
  if (signsIn !== undefined) return `its client signs in by itself (${signsIn}); ${REMOTE}`;
  const bearer = extras.variables.some(({ name }) => name === 'bearer_token_env_var');
  if (bearer || (headers?.items.length ?? 0) > 0 || isSecret(url)) return undefined;
  return `it has no header, so its client may sign in by itself (OAuth); ${REMOTE}`;
}

const REMOTE = '--remote wraps it, and then a sign-in is not possible';

const headersOf = ({ extras }: RemoteForm): TextMap | undefined =>
  extras.maps.find(({ name }) => name !== 'env');

/** Keys often stand in a query; and a client may put one in place of `${…}`. */
const isSecret = (url: string): boolean => /[?#@$]/.test(url);

export const remoteWords = (text: string, form: RemoteForm): RemoteWords => {
  const headers = headersOf(form);
  const keyOf = ({ name, key }: NamedLiteral): [string, string] => [
    name,
    text.slice(key.start, key.end),
  ];
  return {
    address: form.address.name,
    kinds: Object.fromEntries(
      form.extras.kinds.map(({ name, value }) => [name, text.slice(value.start, value.end)]),
    ),
    ...(headers === undefined
      ? {}
      : { headers: { name: headers.name, keys: Object.fromEntries(headers.items.map(keyOf)) } }),
  };
};

/** @param words What Spoor is started with before it is told of the server. */
export function wrapRemote(
  text: string,
  format: Format,
  form: RemoteForm,
  launch: Launch,
  words: readonly string[],
): Change {
  const { address, extras, insertion, url } = form;
  const headers = headersOf(form);
  const variables = variablesFor(headers?.items ?? []);
  const bearer = extras.variables.find(({ name }) => name === 'bearer_token_env_var');
  const hidden = isSecret(url);
  const all = [
    ...words,
    ...variables.flatMap(([header, variable]) => ['--header-env', `${header}=${variable}`]),
    ...(bearer === undefined ? [] : ['--bearer-env', bearer.values[0] ?? '']),
    hidden ? '--url-env' : '--url',
    hidden ? URL_VARIABLE : url,
  ];
  const literal = text.slice(address.value.start, address.value.end);
  const list = all.map((word) => quote(word, format));
  if (!hidden) list[list.length - 1] = literal;
  const edits: Edit[] = [
    { ...address.key, text: keyText('command', format) },
    { ...address.value, text: quote(launch.command, format) },
    ...extras.kinds.map(({ value }) => ({ ...range(value), text: quote(STDIO, format) })),
    ...(headers === undefined ? [] : renamed(headers, 'env', variables, format)),
    ...(bearer === undefined
      ? []
      : [
          { ...bearer.key, text: keyText('env_vars', format) },
          { ...range(bearer), text: `[${text.slice(bearer.start, bearer.end)}]` },
        ]),
  ];
  const own = hidden ? environmentFor(literal, headers, format) : undefined;
  // Before an edit that begins where it is put.
  if (own?.edit !== undefined) edits.unshift(own.edit);
  edits.push({
    start: insertion.at,
    end: insertion.at,
    text: `${insertion.before}${list.join(', ')}${insertion.after}${own?.member(insertion.before) ?? ''}`,
  });
  return {
    holder: form.holder,
    edits,
    mean: (holder) => {
      delete holder[address.name];
      holder.command = launch.command;
      holder.args = all;
      for (const { name } of extras.kinds) holder[name] = STDIO;
      if (headers !== undefined) delete holder[headers.name];
      const values = headers?.items.map(({ value }, i) => [variables[i]?.[1], value.value]) ?? [];
      if (hidden) values.push([URL_VARIABLE, url]);
      if (headers !== undefined || hidden) holder.env = Object.fromEntries(values);
      if (bearer === undefined) return;
      delete holder.bearer_token_env_var;
      holder.env_vars = bearer.values;
    },
  };
}

/** Where the address goes that must not stand in an argument. */
function environmentFor(
  literal: string,
  headers: TextMap | undefined,
  format: Format,
): { readonly edit?: Edit; readonly member: (before: string) => string } {
  const sign = format === 'toml' ? ' = ' : ': ';
  const item = `${keyText(URL_VARIABLE, format)}${sign}${literal}`;
  if (headers === undefined)
    return { member: (before) => `${memberStart(before, format)}{ ${item} }` };
  const at = headers.inside ?? headers.key.end + 1;
  const text =
    headers.inside === undefined ? `\n${item}` : ` ${item}${headers.items.length > 0 ? ',' : ' '}`;
  return { edit: { start: at, end: at, text }, member: () => '' };
}

/** As the list of arguments begins, so does the member behind it. */
const memberStart = (before: string, format: Format): string =>
  format === 'toml'
    ? before.replace(/args = \[$/, 'env = ')
    : before.replace(/"args": \[$/, '"env": ');

/** The way back, whatever else has changed since. */
export function unwrapRemote(
  text: string,
  format: Format,
  form: StdioForm,
  wrapped: WrappedRemote,
  words: RemoteWords | undefined,
): Change | 'unusual' {
  const { args, extras } = form;
  const last = args?.items.at(-1);
  if (args === undefined || last === undefined || !wrapped.isLast) return 'unusual';
  const env = extras.maps.find(({ name }) => name === 'env');
  const hidden = wrapped.by === 'url-env';
  const held = hidden ? env?.items.find(({ name }) => name === last.value)?.value : last;
  if (held === undefined) return 'unusual';
  const hadHeaders = words?.headers !== undefined || wrapped.headers.length > 0;
  const gone = hidden ? hiddenRanges(text, args, env, hadHeaders) : { args: args.removal };
  if (gone === undefined) return 'unusual';
  const addressKey = words?.address ?? 'url';
  const headersKey = words?.headers?.name ?? (format === 'toml' ? 'http_headers' : 'headers');
  const back = wrapped.headers.map(([header, variable]) => [variable, header] as const);
  const kinds = extras.kinds.map((kind) => ({
    ...kind,
    before: words?.kinds[kind.name] ?? quote('http', format),
  }));
  const bearer = bearerOf(form, wrapped);
  const edits: Edit[] = [
    { ...form.key, text: keyText(addressKey, format) },
    { ...range(form.command), text: text.slice(held.start, held.end) },
    { ...gone.args, text: '' },
    ...(gone.item === undefined ? [] : [{ ...gone.item, text: '' }]),
    ...kinds.map(({ value, before }) => ({ ...range(value), text: before })),
    ...(env !== undefined && hadHeaders
      ? renamed(env, headersKey, back, format, words?.headers?.keys)
      : []),
    ...(bearer === undefined
      ? []
      : [
          { ...bearer.key, text: keyText('bearer_token_env_var', format) },
          { ...range(bearer), text: quote(wrapped.bearer ?? '', format) },
        ]),
  ];
  return {
    holder: form.holder,
    edits,
    mean: (holder) => {
      delete holder.command;
      delete holder.args;
      holder[addressKey] = held.value;
      for (const { name, before } of kinds) holder[name] = JSON.parse(before) as unknown;
      if (env !== undefined && (hidden || hadHeaders)) delete holder.env;
      if (env !== undefined && hadHeaders)
        holder[headersKey] = headersBack(env, back, hidden ? last.value : undefined);
      if (bearer === undefined) return;
      delete holder.env_vars;
      holder.bearer_token_env_var = wrapped.bearer;
    },
  };
}

const headersBack = (
  { items }: TextMap,
  back: readonly (readonly [variable: string, header: string])[],
  without: string | undefined,
): Record<string, string> => {
  const names = new Map(back);
  const kept = items.filter(({ name }) => name !== without);
  return Object.fromEntries(kept.map(({ name, value }) => [names.get(name) ?? name, value.value]));
};

const bearerOf = (
  { extras }: StdioForm,
  { bearer }: WrappedRemote,
): StdioForm['extras']['variables'][number] | undefined =>
  bearer === undefined ? undefined : extras.variables.find(({ name }) => name === 'env_vars');

/**
 * What goes with an address in a variable: its item where the environment has others, else the
 * whole environment, which then stands behind the arguments.
 */
function hiddenRanges(
  text: string,
  args: ArgumentList,
  env: TextMap | undefined,
  hadHeaders: boolean,
): { readonly args: TextRange; readonly item?: TextRange } | undefined {
  const at = env?.items.findIndex(({ name }) => name === URL_VARIABLE) ?? -1;
  const item = env?.items[at];
  if (env === undefined || item === undefined) return undefined;
  const [before, next] = [env.items[at - 1], env.items[at + 1]];
  const { start } = item.key;
  const { end } = item.value;
  const goes = (from: number, to: number): { args: TextRange; item: TextRange } => ({
    args: args.removal,
    item: { start: from, end: to },
  });
  // In a table of its own it has a line of its own, behind the table's name.
  if (env.end === undefined) return goes(text.lastIndexOf('\n', start - 1), end);
  if (next !== undefined) return goes(start - 1, text.indexOf(',', end) + 1);
  if (before !== undefined) return goes(before.value.end, end);
  if (hadHeaders) return goes(start - 1, end + 1);
  const isBehind = /^\s*,?\s*$/.test(text.slice(args.end, env.key.start));
  return env.end === undefined || !isBehind
    ? undefined
    : { args: { start: args.removal.start, end: env.end } };
}

/** The same map under another name, with other names in it. */
function renamed(
  map: TextMap,
  name: string,
  names: readonly (readonly [from: string, to: string])[],
  format: Format,
  spelled: Readonly<Record<string, string>> = {},
): Edit[] {
  const others = new Map(names);
  const keys = map.items.flatMap((item) => {
    const to = others.get(item.name);
    return to === undefined ? [] : [{ ...item.key, text: spelled[to] ?? keyText(to, format) }];
  });
  return [{ ...map.key, text: keyText(name, format) }, ...keys];
}

/** A variable for each header; two that would have the same are told apart by a number. */
function variablesFor(items: readonly NamedLiteral[]): [header: string, variable: string][] {
  const taken = new Set<string>();
  return items.map(({ name }) => {
    const plain = `SPOOR_HEADER_${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`;
    let variable = plain;
    for (let n = 2; taken.has(variable); n++) variable = `${plain}_${n}`;
    taken.add(variable);
    return [name, variable];
  });
}

const keyText = (name: string, format: Format): string =>
  format === 'toml' && /^[A-Za-z0-9_-]+$/.test(name) ? name : quote(name, format);

const range = ({ start, end }: TextRange): TextRange => ({ start, end });

import { isObject, LIMITS } from '@spoor/core';
import type { Canaries } from './canary.ts';

/** Where values for arguments come from. */
export interface Neighbourhood {
  readonly canaries: Canaries;
  /** `http://127.0.0.1:9999`: the loopback neighbour, as the server can reach it. */
  readonly downstream: string;
  /** Makes a file with this token in its name and returns its path. */
  file(token: string, origin: string): string;
}

type Schema = Readonly<Record<string, unknown>>;

interface Place {
  readonly name: string;
  /** `tool argument`. */
  readonly origin: string;
  readonly depth: number;
  readonly root: Schema;
  readonly all: boolean;
}

/**
 * Arguments that fit a schema, with canaries in every text.
 *
 * @param all Optional properties, too.
 */
export function argumentsFor(
  tool: string,
  schema: unknown,
  all: boolean,
  around: Neighbourhood,
): Record<string, unknown> {
  const root = isObject(schema) ? schema : {};
  const value = valueFor(root, { name: '', origin: tool, depth: 0, root, all }, around);
  return isObject(value) ? { ...value } : {};
}

/** Names and formats that ask for more than any text. */
const WANTS: readonly (readonly [wanted: RegExp, want: keyof typeof MAKERS])[] = [
  [/(?:^|[_-])(?:uris?|urls?|href|link|endpoint|webhook|feed|site|website)s?$/i, 'url'],
  [/(?:uri|url|Url|URL|Endpoint)s?$/, 'url'],
  [/path|file|folder|director|(?:^|_)dir$|Dir$|^(?:cwd|source|destination|root)$/i, 'path'],
  [/e-?mail|recipient|^(?:to|cc|bcc)$/i, 'email'],
  [/card|iban|pan$/i, 'card'],
  [/key|token|secret|passw|credential|auth/i, 'secret'],
  [/date|timestamp|(?:^|_)(?:at|since|until)$/i, 'date'],
  [/time$/i, 'time'],
  [/zone/i, 'zone'],
];

const FORMATS: Readonly<Record<string, keyof typeof MAKERS>> = {
  uri: 'url',
  url: 'url',
  'uri-reference': 'url',
  email: 'email',
  date: 'day',
  'date-time': 'date',
  time: 'time',
};

type Maker = (place: Place, around: Neighbourhood) => string;

const MAKERS = {
  url: ({ origin }, { canaries, downstream }) =>
    canaries.mint('url', origin, (token) => `${downstream}/${token}?q=${token}`).value,
  path: ({ origin }, { canaries, file }) =>
    canaries.mint('path', origin, (token) => file(token, origin)).value,
  email: ({ origin }, { canaries }) =>
    canaries.mint('email', origin, (token) => `${token}@canary.example`).value,
  card: ({ origin }, { canaries }) => canaries.mint('card', origin).value,
  secret: ({ origin }, { canaries }) =>
    canaries.mint('secret', origin, (token) => `sk-live-${token}`).value,
  date: () => '2026-01-15T12:00:00Z',
  day: () => '2026-01-15',
  time: () => '12:00',
  zone: () => 'Europe/Vienna',
  text: ({ origin }, { canaries }) =>
    canaries.mint('text', origin, (token) => `find ${token} for me`).value,
} satisfies Readonly<Record<string, Maker>>;

function valueFor(schema: Schema, place: Place, around: Neighbourhood): unknown {
  const { depth, root } = place;
  if (depth > LIMITS.scanSchemaDepthMax) return null;
  const target = resolved(schema, root);
  if (target.const !== undefined) return target.const;
  if (Array.isArray(target.enum) && target.enum.length > 0) return target.enum[0];
  const branch = firstBranch(target);
  if (branch !== undefined)
    return valueFor({ ...target, ...NO_BRANCH, ...branch }, { ...place, depth: depth + 1 }, around);
  switch (typeOf(target)) {
    case 'object':
      return objectFor(target, place, around);
    case 'array':
      return arrayFor(target, place, around);
    case 'number':
    case 'integer':
      return numberFor(target);
    case 'boolean':
      return typeof target.default === 'boolean' ? target.default : false;
    case 'null':
      return null;
    default:
      return textFor(target, place, around);
  }
}

const NO_BRANCH = { anyOf: undefined, oneOf: undefined, allOf: undefined } as const;

/** Of `anyOf` and `oneOf` the first that is not null; all of `allOf` together. */
function firstBranch({ anyOf, oneOf, allOf }: Schema): Schema | undefined {
  const choice = [anyOf, oneOf].find(Array.isArray) as unknown[] | undefined;
  if (choice !== undefined)
    return choice.filter(isObject).find(({ type }) => type !== 'null') ?? undefined;
  if (!Array.isArray(allOf)) return undefined;
  return Object.assign({}, ...allOf.filter(isObject)) as Schema;
}

/** A reference within the same schema; what leads elsewhere is not followed. */
function resolved(schema: Schema, root: Schema): Schema {
  const { $ref: at } = schema;
  if (typeof at !== 'string' || !at.startsWith('#/')) return schema;
  let found: unknown = root;
  for (const step of at.slice(2).split('/'))
    found = isObject(found) && Object.hasOwn(found, step) ? found[step] : undefined;
  return isObject(found) ? found : {};
}

function typeOf({ type, properties, items }: Schema): string {
  const [first] = [type].flat().filter((one) => one !== 'null');
  if (typeof first === 'string') return first;
  if (properties !== undefined) return 'object';
  return items === undefined ? 'string' : 'array';
}

function objectFor(schema: Schema, place: Place, around: Neighbourhood): Record<string, unknown> {
  const properties = isObject(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required) ? schema.required : [];
  const names = Object.keys(properties)
    .filter((name) => place.all || required.includes(name))
    .slice(0, LIMITS.scanPropertiesMax);
  const entries = names.map((name) => {
    const inner = properties[name];
    const origin = `${place.origin} ${name}`;
    const at = { ...place, name, origin, depth: place.depth + 1 };
    return [name, valueFor(isObject(inner) ? inner : {}, at, around)] as const;
  });
  return Object.fromEntries(entries);
}

function arrayFor(schema: Schema, place: Place, around: Neighbourhood): readonly unknown[] {
  const items = isObject(schema.items) ? schema.items : {};
  return [valueFor(items, { ...place, depth: place.depth + 1 }, around)];
}

/** Small, since a number is often how long or how many. */
function numberFor({ minimum, exclusiveMinimum, default: standard }: Schema): number {
  const least = typeof minimum === 'number' ? minimum : 1;
  if (typeof exclusiveMinimum === 'number') return exclusiveMinimum + 1;
  return typeof standard === 'number' && standard < 10 ? standard : Math.max(least, 1);
}

function textFor(schema: Schema, place: Place, around: Neighbourhood): string {
  const { format, maxLength, pattern } = schema;
  const byFormat =
    typeof format === 'string' && Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined;
  const byName = WANTS.find(([wanted]) => wanted.test(place.name))?.[1];
  const full = MAKERS[byFormat ?? byName ?? 'text'](place, around);
  const fits = (text: string): boolean =>
    (typeof maxLength !== 'number' || text.length <= maxLength) && matches(pattern, text);
  if (fits(full)) return full;
  const bare = around.canaries.mint('text', place.origin).value;
  const candidates = [bare, '2026-01-15', '1', 'a', 'A', 'abc', 'http://127.0.0.1/'];
  return candidates.find(fits) ?? full;
}

const PATTERN_CHARS_MAX = 200;

/** A pattern of the server's own is not run where it could take for ever. */
function matches(pattern: unknown, text: string): boolean {
  if (typeof pattern !== 'string') return true;
  if (pattern.length > PATTERN_CHARS_MAX || /[+*}]\)?[+*{]|\([^)]*[+*]/.test(pattern)) return true;
  try {
    return new RegExp(pattern, 'u').test(text);
  } catch {
    return true;
  }
}

/** The first property with a value of another type than it says; undefined where all is allowed. */
export function wrongArguments(
  tool: string,
  schema: unknown,
  { canaries }: Neighbourhood,
): Record<string, unknown> | undefined {
  const properties = isObject(schema) && isObject(schema.properties) ? schema.properties : {};
  const [name] = Object.keys(properties);
  if (name === undefined) return undefined;
  const { value } = canaries.mint('secret', `${tool} ${name} (wrong type)`);
  return { [name]: { unexpected: value } };
}

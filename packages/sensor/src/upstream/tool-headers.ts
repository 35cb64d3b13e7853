import { isObject, type JsonObject, LIMITS } from '@spoor/core';
import { encodeHeader } from '../gateway/mirror.ts';

/** One argument that a tool wants mirrored in a header, and where in the arguments it stands. */
interface Declared {
  readonly path: readonly string[];
  readonly header: string;
}

/**
 * What the definitions of an upstream's tools say of headers (`x-mcp-header`, SEP-2243). Learnt
 * from lists that pass by; of a tool that was never listed nothing is known, and nothing is sent.
 */
export class ToolHeaders {
  /** `invalid` where a definition may not be followed. */
  readonly #tools = new Map<string, readonly Declared[] | 'invalid'>();

  /** @param result Of `tools/list`. */
  learn(result: unknown): void {
    const tools = isObject(result) && Array.isArray(result.tools) ? result.tools : [];
    for (const tool of tools) {
      if (!isObject(tool) || typeof tool.name !== 'string') continue;
      if (this.#tools.size >= LIMITS.toolsPerServerMax) this.#tools.clear();
      this.#tools.set(tool.name, declaredBy(tool.inputSchema));
    }
  }

  /** Headers of one call, as names and values in turn; undefined where it must not be made. */
  of({ name, arguments: given }: JsonObject): readonly string[] | undefined {
    const declared = typeof name === 'string' ? this.#tools.get(name) : undefined;
    if (declared === 'invalid') return undefined;
    return (declared ?? []).flatMap(({ path, header }) => {
      const text = textOf(path.reduce<unknown>(inside, given));
      return text === undefined ? [] : [`Mcp-Param-${header}`, encodeHeader(text)];
    });
  }
}

const inside = (value: unknown, key: string): unknown =>
  isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  return Number.isSafeInteger(value) ? String(value) : undefined;
}

const KEY = 'x-mcp-header';
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}$/;
const TYPES: readonly unknown[] = ['string', 'integer', 'boolean'];

function declaredBy(schema: unknown): readonly Declared[] | 'invalid' {
  const declared: Declared[] = [];
  const names = new Set<string>();
  const waiting: { readonly value: unknown; readonly path: readonly string[] | undefined }[] = [
    { value: schema, path: [] },
  ];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, path } = next;
    if (Array.isArray(value))
      waiting.push(...value.map((one) => ({ value: one, path: undefined })));
    if (!isObject(value)) continue;
    if (Object.hasOwn(value, KEY)) {
      const header = headerOf(value);
      // Only what a chain of properties leads to has one place in the arguments.
      if (header === undefined || path === undefined || path.length === 0) return 'invalid';
      if (names.has(header.toLowerCase())) return 'invalid';
      names.add(header.toLowerCase());
      declared.push({ path, header });
    }
    waiting.push(...within(value, path));
  }
  return declared;
}

function headerOf(schema: JsonObject): string | undefined {
  const header = schema[KEY];
  const fits = typeof header === 'string' && TOKEN.test(header) && TYPES.includes(schema.type);
  return fits ? header : undefined;
}

/** Schemas of properties with their paths, all other schemas without one. */
function* within(
  schema: JsonObject,
  path: readonly string[] | undefined,
): Generator<{ readonly value: unknown; readonly path: readonly string[] | undefined }> {
  for (const [key, value] of Object.entries(schema)) {
    // These hold values, and a value is no schema.
    if (key === 'const' || key === 'enum' || key === 'default' || key === 'examples') continue;
    if (key !== 'properties' || !isObject(value)) yield { value, path: undefined };
    else
      for (const [name, one] of Object.entries(value))
        yield { value: one, path: path === undefined ? undefined : [...path, name] };
  }
}

import { type BaselinePath, LIMITS, type PathFact } from '@spoor/core';

/** Shorter arguments vary without meaning. */
const SIZE_FLOOR_BYTES = 256;

const TYPES: readonly PathFact['type'][] = [
  'string',
  'number',
  'boolean',
  'object',
  'array',
  'null',
];
const BITS = new Map(TYPES.map((type, i) => [type, 1 << i]));
/** An argument that is left empty has no type. */
const NULL_BIT = 1 << 5;

interface Known {
  types: number;
  bytesMax: number;
  calls: number;
  firstCall: number;
  firstMs: number;
}

export type StoredPath = readonly [
  path: string,
  types: number,
  bytesMax: number,
  calls: number,
  firstCall: number,
  firstMs: number,
];

export interface StoredPaths {
  readonly paths: readonly StoredPath[];
  readonly maps: readonly string[];
}

/** What is new about the arguments of one call. */
export interface PathNews {
  readonly keys: readonly string[];
  readonly types: readonly string[];
  readonly size: { readonly path: string; readonly bytes: number; readonly factor: number };
}

const NONE: PathNews = { keys: [], types: [], size: { path: '', bytes: 0, factor: 1 } };

/**
 * The shapes of one tool's arguments. An inner object with many different members is a map:
 * `headers.*`. What is learned does not depend on the order of the calls, as long as it fits.
 */
export class KnownPaths {
  readonly #known = new Map<string, Known>();
  readonly #members = new Map<string, number>();
  readonly #maps = new Set<string>();
  /** Paths that found no room. */
  refused = 0;

  get size(): number {
    return this.#known.size;
  }

  compare(paths: readonly PathFact[]): PathNews {
    let news: News | undefined;
    for (const fact of paths) {
      const known = this.#find(fact.path);
      if (known !== undefined && isUsual(known, fact)) continue;
      news ??= { keys: [], types: [], size: NONE.size };
      if (known === undefined) news.keys.push(this.#named(fact.path));
      else note(news, known, fact);
    }
    return news === undefined ? NONE : { ...news, keys: outermost(news.keys) };
  }

  learn(paths: readonly PathFact[], call: number, atMs: number): void {
    for (const { path, type, bytes } of paths) {
      const bit = BITS.get(type) ?? 0;
      const known = this.#find(path) ?? this.#add(path, call, atMs);
      if (known === undefined) continue;
      known.types |= bit;
      if (bytes > known.bytesMax) known.bytesMax = bytes;
      known.calls++;
    }
  }

  /** Those that came after a call, the newest first. */
  since(call: number): readonly string[] {
    return [...this.#known]
      .filter(([, { firstCall }]) => firstCall > call)
      .sort(([, a], [, b]) => b.firstCall - a.firstCall)
      .map(([path]) => path);
  }

  views(): readonly BaselinePath[] {
    return [...this.#known]
      .map(([path, { types, ...rest }]) => ({ path, types: typesOf(types), ...rest }))
      .sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  store(): StoredPaths {
    const paths = [...this.#known].map(
      ([path, { types, bytesMax, calls, firstCall, firstMs }]) =>
        [path, types, bytesMax, calls, firstCall, firstMs] as const,
    );
    return { paths, maps: [...this.#maps] };
  }

  restore({ paths, maps }: StoredPaths): void {
    for (const map of maps) this.#maps.add(map);
    for (const [path, types, bytesMax, calls, firstCall, firstMs] of paths) {
      this.#known.set(path, { types, bytesMax, calls, firstCall, firstMs });
      this.#count(parentOf(path), 1);
    }
  }

  #find(path: string): Known | undefined {
    return this.#known.get(path) ?? (this.#maps.size > 0 ? this.#inMap(path) : undefined);
  }

  #inMap(path: string): Known | undefined {
    const named = this.#named(path);
    return named === path ? undefined : this.#known.get(named);
  }

  /** The path with `*` for the members of maps. */
  #named(path: string): string {
    if (this.#maps.size === 0) return path;
    let named = '';
    for (const part of path.split('.')) {
      const inMap = named !== '' && this.#maps.has(named);
      named = named === '' ? part : `${named}.${inMap ? starOf(part) : part}`;
    }
    return named;
  }

  #add(path: string, call: number, atMs: number): Known | undefined {
    const named = this.#named(path);
    if (this.#known.size >= LIMITS.baselinePathsMax) {
      this.refused++;
      return undefined;
    }
    const made: Known = { types: 0, bytesMax: 0, calls: 0, firstCall: call, firstMs: atMs };
    this.#known.set(named, made);
    const parent = parentOf(named);
    this.#count(parent, 1);
    // The arguments themselves are no map: their names are what a baseline is about.
    if (parent === '' || (this.#members.get(parent) ?? 0) <= LIMITS.baselineMembersMax) return made;
    this.#makeMaps();
    return this.#find(path);
  }

  /** One map may make another, of what its members held: the order of the calls must not matter. */
  #makeMaps(): void {
    for (const [parent, members] of this.#members) {
      if (parent === '' || members <= LIMITS.baselineMembersMax || this.#maps.has(parent)) continue;
      this.#maps.add(parent);
      this.#collapse(parent);
    }
  }

  /** Members of a map become one. */
  #collapse(parent: string): void {
    for (const [path, known] of [...this.#known]) {
      if (!path.startsWith(`${parent}.`)) continue;
      const named = this.#named(path);
      if (named === path) continue;
      this.#known.delete(path);
      this.#count(parentOf(path), -1);
      const one = this.#known.get(named);
      if (one === undefined) {
        this.#known.set(named, known);
        this.#count(parentOf(named), 1);
      } else merge(one, known);
    }
  }

  #count(parent: string, change: number): void {
    this.#members.set(parent, (this.#members.get(parent) ?? 0) + change);
  }
}

interface News {
  readonly keys: string[];
  readonly types: string[];
  size: PathNews['size'];
}

const factorOf = ({ bytesMax }: Known, { bytes }: PathFact): number =>
  bytes / Math.max(bytesMax, SIZE_FLOOR_BYTES);

const hasType = ({ types }: Known, { type }: PathFact): boolean =>
  type === 'null' || (types & (BITS.get(type) ?? 0)) !== 0 || (types & ~NULL_BIT) === 0;

const isUsual = (known: Known, fact: PathFact): boolean =>
  hasType(known, fact) && factorOf(known, fact) <= 1;

function note(news: News, known: Known, fact: PathFact): void {
  const { path, type, bytes } = fact;
  if (!hasType(known, fact)) news.types.push(`${path}:${type}`);
  const factor = tenths(factorOf(known, fact));
  if (factor > news.size.factor) news.size = { path, bytes, factor };
}

function merge(into: Known, one: Known): void {
  into.types |= one.types;
  into.bytesMax = Math.max(into.bytesMax, one.bytesMax);
  into.calls += one.calls;
  if (one.firstCall < into.firstCall) {
    into.firstCall = one.firstCall;
    into.firstMs = one.firstMs;
  }
}

/** What is new inside of something new is not told apart. */
const outermost = (keys: readonly string[]): readonly string[] => {
  if (keys.length < 2) return keys;
  const all = new Set(keys);
  return [...all].filter((key) => !ancestorsOf(key).some((one) => all.has(one)));
};

function ancestorsOf(path: string): readonly string[] {
  const found: string[] = [];
  for (let i = 1; i < path.length; i++) {
    if (path[i] === '.' || path[i] === '[') found.push(path.slice(0, i));
  }
  return found;
}

const starOf = (part: string): string => (part.endsWith('[]') ? '*[]' : '*');
const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('.')));
const typesOf = (bits: number): readonly string[] =>
  TYPES.filter((_, i) => (bits & (1 << i)) !== 0);
const tenths = (factor: number): number => Math.round(factor * 10) / 10;

import { dirname, isAbsolute, resolve } from 'node:path';
import { CodedError, LIMITS, nearest } from '@spoor/core';
import type { TlsFiles } from '@spoor/edge';
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from 'yaml';
import { type AttributePolicy, KEEP_ALL, unknownPattern } from './attributes.ts';

/** Where telemetry goes, as its owner says. */
export interface Destination {
  /** Unique; names its folder in the spool and its rows in health and metrics. */
  readonly name: string;
  /** Base URL; `/v1/traces` and `/v1/metrics` are added. */
  readonly endpoint: string;
  readonly signals: readonly Signal[];
  /** File of `name: value` lines; secrets never stand on a command line. */
  readonly headersFile?: string;
  /** File that holds a bearer token and nothing else. */
  readonly tokenFile?: string;
  readonly tls?: TlsFiles;
  readonly attributes: AttributePolicy;
  /** Spans that wait on disk for a backend that does not answer; 0 keeps none. */
  readonly spoolBytesMax: number;
  readonly metricsEveryMs: number;
}

export const SIGNALS = ['spans', 'metrics'] as const;
export type Signal = (typeof SIGNALS)[number];

const MEGABYTE = 1_000_000;
const SPOOL_MEGABYTES = 64;
const METRICS_EVERY_S = 60;

/** The simple form: one endpoint, and everything else as it is by default. */
export const simpleDestination = (
  given: Pick<Destination, 'endpoint' | 'headersFile'> & { readonly metrics?: boolean },
): Destination => ({
  name: 'otlp',
  endpoint: given.endpoint,
  signals: given.metrics === true ? SIGNALS : ['spans'],
  ...(given.headersFile === undefined ? {} : { headersFile: given.headersFile }),
  attributes: KEEP_ALL,
  spoolBytesMax: SPOOL_MEGABYTES * MEGABYTE,
  metricsEveryMs: METRICS_EVERY_S * 1_000,
});

/**
 * Reads the owner's file:
 *
 *     destinations:
 *       - name: tempo
 *         endpoint: https://tempo.example.org
 *         signals: [spans, metrics]
 *         token-file: tempo.token
 *         attributes: { drop: [mcp.identity.*] }
 *
 * Paths are relative to the file's folder. Throws DESTINATIONS_INVALID with path, line and column.
 */
export function parseDestinations(text: string, path: string): readonly Destination[] {
  return new DestinationsFile(text, path).read();
}

const KEYS = [
  'name',
  'endpoint',
  'signals',
  'headers-file',
  'token-file',
  'ca-file',
  'certificate-file',
  'key-file',
  'attributes',
  'spool-megabytes',
  'metrics-every-s',
] as const;
type Key = (typeof KEYS)[number];

const NAME = /^[a-z0-9][a-z0-9-]{0,31}$/;

class DestinationsFile {
  readonly #lines = new LineCounter();
  readonly #text: string;
  readonly #path: string;
  readonly #names = new Set<string>();

  constructor(text: string, path: string) {
    this.#text = text;
    this.#path = path;
  }

  read(): readonly Destination[] {
    const document = parseDocument(this.#text, { lineCounter: this.#lines });
    const [error] = document.errors;
    if (error) this.#fail(error.pos[0], error.message.split('\n')[0] ?? '');
    const root = document.contents;
    if (!isMap(root)) return this.#fail(0, 'expected `destinations:` with a list');
    this.#checkKeys(root, ['destinations']);
    const list = root.get('destinations', true);
    if (!isSeq(list)) return this.#fail(start(list), '`destinations` is a list');
    if (list.items.length > LIMITS.destinationsMax)
      this.#fail(start(list), `there are at most ${LIMITS.destinationsMax} destinations`);
    return list.items.map((item) => this.#entry(item));
  }

  #entry(map: unknown): Destination {
    if (!isMap(map)) return this.#fail(start(map), 'a destination has a name and an endpoint');
    this.#checkKeys(map, KEYS);
    const headersFile = this.#file(map, 'headers-file');
    const tokenFile = this.#file(map, 'token-file');
    const tls = this.#tls(map);
    return {
      name: this.#name(map),
      endpoint: this.#endpoint(map),
      signals: this.#signals(map),
      ...(headersFile === undefined ? {} : { headersFile }),
      ...(tokenFile === undefined ? {} : { tokenFile }),
      ...(tls === undefined ? {} : { tls }),
      attributes: this.#attributes(map),
      spoolBytesMax: this.#number(map, 'spool-megabytes', 0, 100_000, SPOOL_MEGABYTES) * MEGABYTE,
      metricsEveryMs: this.#number(map, 'metrics-every-s', 1, 86_400, METRICS_EVERY_S) * 1_000,
    };
  }

  #name(map: YAMLMap): string {
    const name = this.#textAt(map, 'name') ?? '';
    const place = start(map.get('name', true) ?? map);
    if (!NAME.test(name)) this.#fail(place, 'a name has a-z, 0-9 and -, and at most 32 of them');
    if (this.#names.has(name)) this.#fail(place, `“${name}” is taken by another destination`);
    this.#names.add(name);
    return name;
  }

  #endpoint(map: YAMLMap): string {
    const text = this.#textAt(map, 'endpoint') ?? '';
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const isHttp = url?.protocol === 'http:' || url?.protocol === 'https:';
    if (isHttp && url.username === '' && url.password === '') return text;
    const place = start(map.get('endpoint', true) ?? map);
    return this.#fail(place, '`endpoint` is an http or https URL without credentials');
  }

  #signals(map: YAMLMap): readonly Signal[] {
    const found = this.#textsAt(map, 'signals') ?? ['spans'];
    return found.map((name) => {
      const signal = SIGNALS.find((one) => one === name);
      const place = start(map.get('signals', true));
      return signal ?? this.#fail(place, `a signal is ${SIGNALS.join(' or ')}, not “${name}”`);
    });
  }

  #tls(map: YAMLMap): TlsFiles | undefined {
    const caFile = this.#file(map, 'ca-file');
    const certificateFile = this.#file(map, 'certificate-file');
    const keyFile = this.#file(map, 'key-file');
    if ((certificateFile === undefined) !== (keyFile === undefined))
      this.#fail(start(map), '`certificate-file` and `key-file` come together');
    if (caFile === undefined && certificateFile === undefined) return undefined;
    return {
      ...(caFile === undefined ? {} : { caFile }),
      ...(certificateFile === undefined ? {} : { certificateFile }),
      ...(keyFile === undefined ? {} : { keyFile }),
    };
  }

  #attributes(map: YAMLMap): AttributePolicy {
    const policy: unknown = map.get('attributes', true);
    if (policy === undefined) return KEEP_ALL;
    if (!isMap(policy)) return this.#fail(start(policy), '`attributes` has allow, drop, or both');
    this.#checkKeys(policy, ['allow', 'drop']);
    const allow = this.#patterns(policy, 'allow');
    return {
      ...(allow === undefined ? {} : { allow }),
      drop: this.#patterns(policy, 'drop') ?? [],
    };
  }

  /** A name that stands for nothing would protect nothing. */
  #patterns(policy: YAMLMap, key: string): readonly string[] | undefined {
    const patterns = this.#textsAt(policy, key);
    const unknown = patterns?.map(unknownPattern).find((message) => message !== undefined);
    if (unknown !== undefined) this.#fail(start(policy.get(key, true)), unknown);
    return patterns;
  }

  #file(map: YAMLMap, key: Key): string | undefined {
    const path = this.#textAt(map, key);
    if (path === undefined || isAbsolute(path)) return path;
    return resolve(dirname(this.#path), path);
  }

  #textAt(map: YAMLMap, key: string): string | undefined {
    const node: unknown = map.get(key, true);
    if (node === undefined) return undefined;
    if (isScalar(node) && typeof node.value === 'string' && node.value !== '') return node.value;
    return this.#fail(start(node), `\`${key}\` is text`);
  }

  #textsAt(map: YAMLMap, key: string): readonly string[] | undefined {
    const node: unknown = map.get(key, true);
    if (node === undefined) return undefined;
    const texts = isSeq(node) ? node.items.map((item) => (isScalar(item) ? item.value : null)) : [];
    const good = texts.filter((text) => typeof text === 'string');
    if (good.length > 0 && good.length === texts.length) return good;
    return this.#fail(start(node), `\`${key}\` is a list of texts`);
  }

  #number(map: YAMLMap, key: Key, min: number, max: number, usual: number): number {
    const node: unknown = map.get(key, true);
    if (node === undefined) return usual;
    const value = isScalar(node) ? node.value : undefined;
    if (typeof value === 'number' && value >= min && value <= max) return value;
    return this.#fail(start(node), `\`${key}\` is a number from ${min} to ${max}`);
  }

  #checkKeys(map: YAMLMap, known: readonly string[]): void {
    for (const { key } of map.items) {
      const name = isScalar(key) ? String(key.value) : '';
      if (known.includes(name)) continue;
      this.#fail(start(key), `unknown key “${name}”; did you mean “${nearest(name, known)}”?`);
    }
  }

  #fail(offset: number, message: string): never {
    const { line, col } = this.#lines.linePos(offset);
    throw new CodedError('DESTINATIONS_INVALID', `${this.#path}:${line}:${col}: ${message}`);
  }
}

const start = (node: unknown): number => (node as Node | undefined)?.range?.[0] ?? 0;

import { LIMITS } from '@spoor/core';
import { OwnerFile } from '@spoor/detect/owner-file';
import type { TlsFiles } from '@spoor/edge';
import type { YAMLMap } from 'yaml';
import { type AttributePolicy, KEEP_ALL, unknownPattern } from './attributes.ts';
import { nameOf, placeOf, tlsOf, urlOf } from './named.ts';

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

class DestinationsFile {
  readonly #file: OwnerFile;
  readonly #path: string;
  readonly #names = new Set<string>();

  constructor(text: string, path: string) {
    this.#file = new OwnerFile(text, path, 'DESTINATIONS_INVALID');
    this.#path = path;
  }

  read(): readonly Destination[] {
    const expected = 'expected `destinations:` with a list';
    const root = this.#file.map(this.#file.root(), ['destinations'], expected);
    if (!root.has('destinations')) this.#file.fail(root, expected);
    const items = this.#file.list(root, 'destinations');
    if (items.length > LIMITS.destinationsMax)
      this.#file.fail(root, `there are at most ${LIMITS.destinationsMax} destinations`);
    return items.map((item) => this.#entry(item));
  }

  #entry(item: unknown): Destination {
    const map = this.#file.map(item, KEYS, 'a destination has a name and an endpoint');
    const headersFile = this.#place(map, 'headers-file');
    const tokenFile = this.#place(map, 'token-file');
    const tls = tlsOf(this.#file, map, this.#path);
    const megabytes = this.#file.number(map, 'spool-megabytes', 0, 100_000, SPOOL_MEGABYTES);
    const seconds = this.#file.number(map, 'metrics-every-s', 1, 86_400, METRICS_EVERY_S);
    return {
      name: nameOf(this.#file, map, this.#names),
      endpoint: urlOf(this.#file, map, 'endpoint') ?? this.#file.fail(map, '`endpoint` is missing'),
      signals: this.#signals(map),
      ...(headersFile === undefined ? {} : { headersFile }),
      ...(tokenFile === undefined ? {} : { tokenFile }),
      ...(tls === undefined ? {} : { tls }),
      attributes: this.#attributes(map),
      spoolBytesMax: megabytes * MEGABYTE,
      metricsEveryMs: seconds * 1_000,
    };
  }

  #signals(map: YAMLMap): readonly Signal[] {
    const found = this.#file.texts(map, 'signals') ?? ['spans'];
    return found.map((name) => {
      const signal = SIGNALS.find((one) => one === name);
      const place = map.get('signals', true);
      return signal ?? this.#file.fail(place, `a signal is ${SIGNALS.join(' or ')}, not “${name}”`);
    });
  }

  #attributes(map: YAMLMap): AttributePolicy {
    if (!map.has('attributes')) return KEEP_ALL;
    const expected = '`attributes` has allow, drop, or both';
    const policy = this.#file.map(map.get('attributes', true), ['allow', 'drop'], expected);
    const allow = this.#patterns(policy, 'allow');
    return {
      ...(allow === undefined ? {} : { allow }),
      drop: this.#patterns(policy, 'drop') ?? [],
    };
  }

  /** A name that stands for nothing would protect nothing. */
  #patterns(policy: YAMLMap, key: string): readonly string[] | undefined {
    const patterns = this.#file.texts(policy, key);
    const unknown = patterns?.map(unknownPattern).find((message) => message !== undefined);
    if (unknown !== undefined) this.#file.fail(policy.get(key, true), unknown);
    return patterns;
  }

  #place(map: YAMLMap, key: Key): string | undefined {
    return placeOf(this.#file, map, key, this.#path);
  }
}

import type { Level } from '@spoor/core';
import type { TlsFiles } from '@spoor/edge';

/** Who is told of alerts, by the format it understands. */
export const SINK_KINDS = [
  'webhook',
  'slack',
  'pagerduty',
  'splunk',
  'elastic',
  'ocsf',
  'otlp',
] as const;
export type SinkKind = (typeof SINK_KINDS)[number];

/** Where alerts go, as their owner says. */
export interface SinkConfig {
  /** Unique; names its folder in the spool. */
  readonly name: string;
  readonly kind: SinkKind;
  /** Absent where `urlFile` or `path` says it. */
  readonly url?: string;
  /** File with nothing but the URL, where that is a secret itself. */
  readonly urlFile?: string;
  /** File with a key or token and nothing else; what it is depends on the kind. */
  readonly secretFile?: string;
  /** File that lines are added to, instead of a server; of `ocsf` alone. */
  readonly path?: string;
  readonly tls?: TlsFiles;
  /** Index of `elastic`. */
  readonly index: string;
  /** This level and those above. */
  readonly level: Level;
  /** Globs of rules; all without them. */
  readonly rules: readonly string[];
  /** Also when an alert that is known happens again. */
  readonly repeat: boolean;
}

/** A request as one format wants it. */
export interface SinkRequest {
  /** Added to the sink's URL. */
  readonly path?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Statuses that say that it has been taken before. */
  readonly known?: readonly number[];
}

/** What a format needs beside the alert. */
export interface SinkPlace {
  readonly version: string;
  readonly secret: string;
  readonly index: string;
  readonly nowMs: number;
}

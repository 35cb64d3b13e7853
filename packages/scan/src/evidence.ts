import type { ToolDefinition } from '@spoor/detect';
import type { Canaries } from './probe/canary.ts';
import type { Answer } from './probe/link.ts';
import type { DownstreamRequest } from './sink/downstream.ts';
import type { ExportedSpan } from './sink/read.ts';
import type { Exports } from './sink/sink.ts';

export type Era = 'legacy' | 'modern';

/** Trace context that went with a request. */
export interface SentTrace {
  readonly trace: string;
  readonly sampled: boolean;
}

/** One request of the scan, and what became of it. */
export interface Call {
  /** `read_file with all arguments`; says how to see it again. */
  readonly label: string;
  readonly method: string;
  readonly tool?: string;
  readonly kind: 'valid' | 'invalid' | 'unknown-tool' | 'unknown-method' | 'redirect';
  readonly sent: SentTrace | undefined;
  readonly params: object;
  readonly answer: Answer;
}

/** Calls that were made together, and the spans that came until none came any more. */
export interface Phase {
  readonly name: 'calls' | 'suppressed' | 'failing' | 'forced';
  readonly calls: readonly Call[];
  readonly spans: readonly ExportedSpan[];
}

/** One server process, or one connection to a server, from start to end. */
export interface Run {
  /** `sampled`: the server was told to keep one trace of twenty. */
  readonly purpose: 'driven' | 'sampled';
  readonly era: Era;
  readonly phases: readonly Phase[];
  readonly exports: Exports;
  readonly downstream: readonly DownstreamRequest[];
  readonly heard: readonly string[];
  /** Undefined where it cannot be read: a server that somebody else has started. */
  readonly stderr: string | undefined;
  readonly noise: readonly string[];
  readonly contained: readonly string[];
  readonly tools: readonly ToolDefinition[];
  /** The same list at the end; undefined where it did not come. */
  readonly toolsAgain: readonly ToolDefinition[] | undefined;
  /** Names of tools that were not called, with why. */
  readonly spared: readonly string[];
}

/** What was seen of a server's HTTP, beside its messages. */
export interface HttpFacts {
  readonly url: URL;
  readonly isLoopback: boolean;
  /** Credentials of the owner went with the requests. */
  readonly hasCredentials: boolean;
  readonly probes: readonly HttpProbe[];
  /** Of the old transport: where messages are to be sent. */
  readonly endpoint: string | undefined;
}

export type HttpProbeName = 'origin' | 'host' | 'mismatch' | 'large' | 'anonymous' | 'preflight';

/** A request that should be refused, and whether it was. */
export interface HttpProbe {
  readonly name: HttpProbeName;
  readonly outcome:
    | { readonly status: 'accepted'; readonly evidence: string }
    | { readonly status: 'refused'; readonly evidence: string }
    | { readonly status: 'not-tested'; readonly why: string };
}

/** Everything that was gathered; checks read it and touch nothing else. */
export interface Evidence {
  readonly runs: readonly Run[];
  readonly canaries: Canaries;
  /** Could the server be told where to send its telemetry? */
  readonly sinkOffered: boolean;
  readonly server: ServerFacts;
  readonly http: HttpFacts | undefined;
  /** Variables by which the owner configures the server's exporter. */
  readonly exporter: Readonly<Record<string, string>>;
  /** Definitions as they were locked; undefined without a lock file. */
  readonly lock: ReadonlyMap<string, string> | undefined;
  /** Ports, folders and the like that differ from scan to scan, and what is said instead. */
  readonly vary: readonly (readonly [text: string, instead: string])[];
}

export interface ServerFacts {
  readonly name: string | undefined;
  readonly version: string | undefined;
  readonly protocols: readonly string[];
}

/** Names and addresses of this machine. */
export const LOOPBACK: RegExp = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

export const callsOf = (run: Run): readonly Call[] => run.phases.flatMap(({ calls }) => calls);

import {
  type AskView,
  asciiJson,
  type CallEntry,
  type CallId,
  type Decision,
  type Detection,
  type ExceptionsView,
  type LeakView,
  type LedgerView,
  type Mode,
  type Observation,
  type PolicyView,
  type ReportView,
  type RulesView,
  type StopView,
} from '@spoor/core';
import type { NormRow } from '@spoor/detect';
import type { ClientPlaces } from '@spoor/edge/clients';
import type { Answer } from './decide/asks.ts';
import type { KnownTool } from './decide/definitions.ts';
import type { ExceptionsQuestion } from './decide/excepting.ts';
import type { LabelsQuestion } from './decide/labelling.ts';
import type { PinQuestion } from './decide/pinning.ts';
import type { SessionBinding } from './decide/sessions.ts';
import type { StopsQuestion } from './decide/stopping.ts';
import type { EmbeddingOptions } from './embedding/embedder.ts';
import type { Destination } from './export/destinations.ts';
import type { ForeignQuestion } from './ingest/told.ts';
import type { NormQuestion } from './norms/keeper.ts';
import type { IngestOptions } from './options.ts';
import type { RemoteQuestion } from './remote/remote.ts';
import type { SinkConfig } from './sinks/sink.ts';
import type { VaultQuestion } from './vault/questions.ts';

/**
 * Between the hub's two threads. The main thread decides and keeps the ledger; the worker stores,
 * serves and exports, so that no query and no slow disk of the store ever delays a decision.
 */

/** Main → worker. */
export type ToWorker =
  /**
   * A {@link RecordBatch} as JSON: cloning its objects costs this thread four times as much. Its
   * observations come apart, one on each line, so that the store takes them as they are.
   */
  | ({ readonly type: 'record' } & WrittenBatch)
  | { readonly type: 'state'; readonly state: HubState }
  | {
      readonly type: 'answer';
      readonly id: number;
      readonly value: unknown;
      readonly error?: { readonly code: string; readonly detail: string };
    }
  | { readonly type: 'embed'; readonly call: string; readonly text: string }
  | { readonly type: 'close' };

export interface WrittenBatch {
  /** JSON texts in ASCII, each with a line end. */
  readonly observations: Uint8Array<ArrayBuffer>;
  /** All else of the batch. */
  readonly rest: string;
}

export interface RecordBatch {
  readonly observations: readonly Observation[];
  /** The same as JSON, where they came so. */
  readonly bodies?: readonly string[];
  readonly detections: readonly DetectionRecord[];
  readonly bindings: readonly SessionBinding[];
  readonly definitions: readonly KnownTool[];
  readonly norms: readonly NormRow[];
  /** Calls whose spans were left out, and go out after all. */
  readonly past: readonly CallId[];
  readonly connections: readonly ConnectionEnd[];
}

export function writeBatch({ observations, bodies: known, ...rest }: RecordBatch): WrittenBatch {
  const bodies = known ?? observations.map(asciiJson);
  const bytes = bodies.reduce((sum, body) => sum + body.length + 1, 0);
  // Not out of a pool, which would be cloned with it.
  const written = Buffer.from(new ArrayBuffer(bytes));
  let at = 0;
  for (const body of bodies) {
    at += written.write(body, at, 'latin1');
    written[at++] = LINE_END;
  }
  return { observations: written, rest: JSON.stringify(rest) };
}

export function readBatch({ observations, rest }: WrittenBatch): RecordBatch {
  const { buffer, byteOffset, length } = observations;
  const written = Buffer.from(buffer, byteOffset, length);
  const bodies: string[] = [];
  for (let at = 0; at < length; ) {
    const end = written.indexOf(LINE_END, at);
    bodies.push(written.toString('latin1', at, end));
    at = end + 1;
  }
  return {
    ...(JSON.parse(rest) as Omit<RecordBatch, 'observations'>),
    observations: bodies.map((body) => JSON.parse(body) as Observation),
    bodies,
  };
}

/** No JSON text has one within. */
const LINE_END = 0x0a;

/** A sensor has gone, and with it the connection that it stood in. */
export interface ConnectionEnd {
  readonly server: string;
  readonly transport: string;
  readonly durationMs: number;
}

export interface DetectionRecord {
  readonly detection: Detection;
  readonly decision: Decision;
  readonly ledgerIndex?: number;
  readonly leafHash?: string;
  readonly checkpoint?: string;
}

/** What the API shows of the main thread. */
export interface HubState {
  readonly policy: PolicyView;
  readonly sensors: number;
  readonly sealing: boolean;
  readonly counts: Readonly<Record<string, number>>;
  readonly ledger: LedgerView;
  readonly rules: RulesView;
  readonly leaks: readonly LeakView[];
  readonly reports: readonly ReportView[];
  /** Calls that wait for a person. */
  readonly asks: readonly AskView[];
  readonly stops: readonly StopView[];
  readonly exceptions: ExceptionsView;
}

/** Worker → main. */
export type FromWorker =
  | { readonly type: 'loaded'; readonly loaded: Loaded }
  | { readonly type: 'listening'; readonly url: string }
  | { readonly type: 'failed'; readonly code: string; readonly detail: string }
  /**
   * The oldest record message has been worked on; what the store refused of it waits in the worker.
   */
  | {
      readonly type: 'taken';
      /** Rows of all batches that the store has refused so far. */
      readonly waiting: number;
    }
  | { readonly type: 'counts'; readonly counts: Readonly<Record<string, number>> }
  | { readonly type: 'ask'; readonly id: number; readonly question: Question };

/** What the main thread continues from. */
export interface Loaded {
  readonly lastSeq: number;
  readonly bindings: readonly SessionBinding[];
  readonly definitions: readonly KnownTool[];
  readonly norms: readonly NormRow[];
  readonly recent: readonly Observation[];
}

export type Question =
  | {
      readonly kind: 'enforce';
      readonly mode: Mode;
      readonly rule?: string;
      readonly server?: string;
      readonly ask?: boolean;
      readonly shadow?: boolean;
    }
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'embedded'; readonly call: string; readonly cluster: string }
  | { readonly kind: 'allow'; readonly observation: Observation }
  | { readonly kind: 'entries'; readonly indexes: readonly number[] }
  | { readonly kind: 'triage'; readonly alert: string; readonly status: string }
  | { readonly kind: 'stop' }
  | StopsQuestion
  | ExceptionsQuestion
  | LabelsQuestion
  | PinQuestion
  | NormQuestion
  | RemoteQuestion
  | VaultQuestion
  | ForeignQuestion;

/** Answer to `entries`. */
export type Entries = readonly CallEntry[];

/** What the worker is started with. */
export interface WorkerSettings {
  readonly storePath: string;
  readonly ledgerPath: string;
  readonly webPath: string;
  readonly host: string;
  readonly port: number;
  readonly token: string;
  readonly ingest: IngestOptions;
  readonly version: string;
  readonly replayFromMs: number;
  readonly retentionMs: number;
  readonly storeBytesMax: number;
  readonly destinations: readonly Destination[];
  readonly embedding?: EmbeddingOptions & {
    /** Base64, of the hyperplanes. */
    readonly key: string;
  };
  /** Where clients keep their configurations; these are not watched without it. */
  readonly clients?: ClientPlaces;
  /** Spools of the destinations. */
  readonly exportPath: string;
  /** Who is told of alerts, and what waits for them. */
  readonly sinks: readonly SinkConfig[];
  readonly sinksPath: string;
  readonly vault: {
    /** What is being shredded, where a stop has left that. */
    readonly journalPath: string;
    readonly holdsPath: string;
    /** Days that the ledger keeps entries; 0 for good. */
    readonly ledgerDays: number;
    readonly days: number;
    readonly bytesMax: number;
  };
}

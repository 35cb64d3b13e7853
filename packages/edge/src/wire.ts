import type {
  ContentAsked,
  Decision,
  ErrorCode,
  HostInfo,
  IdentityEvidence,
  Label,
  Mode,
  Policy,
  ProcessId,
  Raw,
  SealedMeta,
  Sensed,
  StopNotice,
} from '@spoor/core';

export type { HostInfo, ProcessId, Sensed } from '@spoor/core';

/**
 * The remote procedure call between sensor and hub. Hub and sensor support this version and the one
 * before.
 */
export const WIRE_PROTOCOL = 1;

/** First message of a connection. */
export interface Hello {
  readonly op: 'hello';
  readonly id: number;
  readonly protocol: number;
  readonly token: string;
  readonly sensor: SensorInfo;
  readonly server: ServerInfo;
  readonly host: HostInfo;
  /** `--enforce` on the command line: denials on this connection are real. */
  readonly mode?: Mode;
  /**
   * Digest of the host's own session, where the host says which it is: the same in a process that
   * goes on with it.
   */
  readonly hostSession?: string;
  /** The host asks its user itself where the decision is `ask`. */
  readonly asksInHost?: true;
  /**
   * Digest of what makes the session, where it is not the host's process: 32 hexadecimal digits.
   */
  readonly session?: string;
  /** Of a token that the sensor has verified. */
  readonly claims?: Claims;
}

/** On whose behalf, as an issuer says it. */
export interface Claims {
  readonly issuer: string;
  readonly subject: string;
}

export interface SensorInfo {
  /** UUIDv7, new with each start; the same after a reconnect. */
  readonly id: string;
  readonly kind: 'wrapper' | 'gateway' | 'intent' | 'hook' | 'in-process';
  readonly version: string;
}

export interface ServerInfo {
  readonly name: string;
  readonly transport: 'stdio' | 'http' | 'memory' | 'unknown';
  /** The wrapped server's process: calls that its own children make are nested in its open call. */
  readonly process?: ProcessId;
}

export interface Welcome {
  readonly protocol: number;
  readonly version: string;
  readonly session: string;
  /** Base64, 16 bytes: fingerprints of this session. */
  readonly printKey: string;
  /** Base64, 32 bytes: digests of this session. */
  readonly digestKey: string;
  /** Base64, 32 bytes: digests of definitions, the same for all sessions of this hub. */
  readonly definitionKey: string;
  /** `age` recipients; empty until the owner has made auditor keys. */
  readonly recipients: readonly string[];
  readonly policy: Policy;
  /** Is the redacted projection wanted? */
  readonly project: boolean;
  readonly budgetMs: number;
  /** Has the owner configured an endpoint that the texts of prompts are sent to? */
  readonly embeds?: true;
  /** What of it is stopped; nothing without it. */
  readonly stop?: StopNotice;
  /** What rules ask of content; absent where none does. */
  readonly asked?: ContentAsked;
  /** To a hook: a sensor on the way to that server sees the same calls. */
  readonly elsewhere?: true;
}

export interface ObservationRequest<Op extends 'begin' | 'end'> {
  readonly op: Op;
  readonly id: number;
  readonly observation: Sensed;
  readonly sealed: readonly SealedPiece[];
  /** On whose behalf: with the first word of a call. */
  readonly identity?: IdentityEvidence;
  /** Nothing waits for the answer: one `acked` for many will do. */
  readonly quiet?: true;
}

export type SensorRequest =
  | Hello
  | ObservationRequest<'begin'>
  | ObservationRequest<'end'>
  /**
   * The session key of this sensor, wrapped to the auditors: once, before content that needs it.
   */
  | { readonly op: 'key'; readonly id: number; readonly kek: string }
  /** The text of a prompt, for the owner's embedding endpoint; it is not kept. */
  | { readonly op: 'embed'; readonly id: number; readonly call: string; readonly text: string }
  /** Which open call has this end? Takes it: an equal call after it is another one. */
  | { readonly op: 'find'; readonly id: number; readonly tool: string; readonly pair: string }
  /** What was lost while no hub answered. */
  | { readonly op: 'lost'; readonly id: number; readonly count: number }
  /** A user's word on a call that waits, by way of the client that made it. */
  | {
      readonly op: 'answer';
      readonly id: number;
      readonly call: string;
      readonly answer: 'approve' | 'deny';
      /** Of the arguments that were asked about. */
      readonly digest: string;
    }
  | ReportRequest
  | RawRequest;

/** What a sensor has counted since it began, for people to see; nothing is decided by it. */
export interface ReportRequest {
  readonly op: 'report';
  readonly id: number;
  /** Of the process: a gateway has many connections, and counts once. */
  readonly source: string;
  /** What it stands in front of. */
  readonly about: string;
  readonly counts: Readonly<Record<string, number>>;
}

/** Messages follow the JSON as they are; see `Raw`. */
export interface RawRequest {
  readonly op: 'raw';
  readonly id: number;
  readonly raw: Raw;
  readonly quiet?: true;
}

/** Bytes of the sealed content follow the JSON, one after another. */
export interface SealedPiece {
  readonly meta: SealedMeta;
  readonly length: number;
}

/** Answer to `begin`. */
export interface Begun {
  readonly decision: Decision;
  readonly labels: readonly Label[];
  /** Hold the result until its `end` is admitted. */
  readonly hold: boolean;
  /**
   * The decision comes as a push, after no longer than this. With the action `ask` a person has to
   * answer (a sensor whose host asks its user itself waits for none); with `allow` the ledger has
   * to be surer of the call's entry than a decision has time for.
   */
  readonly waitMs?: number;
  /** With `ask`: the owner trusts this client to ask its user. */
  readonly elicit?: true;
  /** To a sensor that tells its messages as they are: the message that goes on in its place. */
  readonly masked?: string;
}

/** Answer to `end`: what may be done with the result. */
export interface Ended {
  readonly decision: Decision;
  /** As in `Begun`. */
  readonly masked?: string;
}

/** Answer to `find`. */
export interface Found {
  readonly call?: string;
  readonly span?: string;
  readonly startMs?: number;
}

export type HubMessage =
  | { readonly id: number; readonly ok: Welcome | Begun | Ended | Found | Record<string, never> }
  | { readonly id: number; readonly error: { readonly code: ErrorCode; readonly detail: string } }
  /** All quiet requests up to this id are taken. */
  | { readonly acked: number }
  | { readonly push: Push };

/** Hub to sensor, unasked. */
export type Push =
  | { readonly kind: 'policy'; readonly policy: Policy }
  /** What is known of a tool of this sensor's server is no longer what a `begin` said. */
  | {
      readonly kind: 'tool';
      readonly tool: string;
      readonly labels: readonly Label[];
      readonly hold: boolean;
    }
  /** A call that was answered `ask` has its final decision. */
  | { readonly kind: 'decided'; readonly call: string; readonly decision: Decision }
  /** What of this connection is stopped now; nothing without `stop`. */
  | { readonly kind: 'stop'; readonly stop?: StopNotice }
  | { readonly kind: 'drain' };

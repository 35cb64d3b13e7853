import type { BaselineFacts } from './baseline.ts';
import type { DefinitionFacts } from './definitions.ts';
import type { CallId, CaseId, SessionId, SpanId, TraceId } from './ids.ts';
import type { Label } from './labels.ts';
import type { IdentityLevel } from './levels.ts';
import type { Mask, Masked } from './mask.ts';
import type { SpendFacts, Usage } from './spend.ts';

/**
 * Observation is the one record that everything consumes: hub, store, rules, spans, UI. It holds
 * facts, never content.
 */
export interface Observation {
  readonly id: CallId;
  /**
   * Place in the hub's order; replay steps in it. 0 until admitted. A call has two: asked for, and
   * ended.
   */
  readonly seq: number;
  readonly kind: ObservationKind;
  readonly time: ObservationTime;
  readonly server: ServerRef;
  readonly tool?: ToolRef;
  /** URI of a resource as scheme and keyed digest, `file:0f3a…`: a URI is content. */
  readonly resource?: string;
  /** Name of a prompt. */
  readonly prompt?: string;
  /** JSON-RPC method, or '' where there is none. */
  readonly method: string;
  /** JSON-RPC id: integers as they are, strings as keyed digest, since a peer chooses them. */
  readonly requestId?: string;
  readonly era: Era;
  /** As the message or the handshake says it, only in the form of a date. */
  readonly protocolVersion?: string;
  /** Enrolled machine that it comes from, where that is not the hub's own. */
  readonly node?: string;
  readonly principal: Principal;
  readonly session: SessionRef;
  readonly trace: TraceRef;
  readonly cause: Cause;
  readonly intent?: IntentRef;
  readonly facts: Facts;
  /** With which the ledger's entries bind digests of content; leaves the hub nowhere. */
  readonly salt?: string;
  /** When its content was shredded, in milliseconds since the epoch: no facts of it are left. */
  readonly shreddedMs?: number;
  /** `pending` while the call has been asked for and its end is not known. */
  readonly outcome: Outcome;
  /**
   * Coded reason of an outcome that is no success: a JSON-RPC code, `tool_error`, or one of ours.
   */
  readonly errorType?: string;
  readonly decision?: Decision;
  /** How much the sensor masked of it. */
  readonly masked?: Masked;
  /** Ids of the rules that matched on it, as the hub found. */
  readonly detected?: readonly string[];
  readonly ledger?: LedgerRef;
  /** False where the sensor decided without the hub; `coverage: this server`. */
  readonly covered: boolean;
}

export const OBSERVATION_KINDS = [
  'tool.call',
  'tool.list',
  'resource.list',
  'resource.read',
  'prompt.list',
  'prompt.get',
  'sampling.request',
  'elicitation.request',
  'intent',
  'decision',
  'llm.call',
  'system',
] as const;
export type ObservationKind = (typeof OBSERVATION_KINDS)[number];

export const OUTCOMES = [
  'pending',
  'ok',
  'tool_error',
  'protocol_error',
  'denied',
  'timeout',
  'cancelled',
  'input_required',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** `legacy` up to 2025-11-25, `modern` from 2026-07-28; `unknown` until a message says it. */
export type Era = 'legacy' | 'modern' | 'unknown';

export interface ObservationTime {
  /**
   * Milliseconds since the epoch, by the sensor's clock, clamped by the hub to its allowed skew.
   */
  readonly startMs: number;
  readonly endMs?: number;
  /** By the hub's clock, when admitted. */
  readonly hubMs: number;
}

export interface ServerRef {
  readonly name: string;
  readonly transport: 'stdio' | 'http' | 'memory' | 'unknown';
  /** Keyed digest of the newest definition list seen. */
  readonly definition?: string;
}

export interface ToolRef {
  readonly name: string;
  readonly labels: readonly Label[];
  /** Keyed digest of this tool's definition. */
  readonly definition?: string;
  /** The owner has blocked that definition. */
  readonly blocked?: true;
}

export interface Principal {
  readonly level: IdentityLevel;
  /** Keyed digest; the same person is the same pseudonym within one hub. */
  readonly pseudonym: string;
  /** Name of the client program as its process says, e.g. `claude`. */
  readonly agent: string;
  /** What the level rests on: `process` facts by default. */
  readonly evidence: readonly string[];
  /** Ledger entries of the tokens that it rests on. */
  readonly bindings?: readonly number[];
  /** Less is proved than the owner asks for, for what the tool can do. */
  readonly short?: true;
  /**
   * What telemetry of others says under our names, or a token that nobody has checked: shown as
   * said, and believed nowhere.
   */
  readonly claimed?: ClaimedIdentity;
}

export interface ClaimedIdentity {
  readonly level?: string;
  readonly sub_p?: string;
  readonly agent?: string;
}

export interface SessionRef {
  readonly id: SessionId;
  /** Counts from 1; a new one starts after an idle gap or with a new intent. */
  readonly episode: number;
}

export interface TraceRef {
  readonly trace: TraceId;
  readonly span: SpanId;
  readonly parent?: SpanId;
  /** Whose span the parent is: the client's, or the one that stands for the episode. */
  readonly parentOf?: 'client' | 'episode';
  /** A span of a peer in whose trace this one does not continue. */
  readonly link?: RemoteSpan;
  /** Ids that the server got in place of ours: what it sends to a backend hangs below them. */
  readonly given?: RemoteSpan;
  /** Flag of a client that is trusted for it. */
  readonly sampledHint?: boolean;
  /** Of what the client sent with the request. */
  readonly refused?: readonly Refusal[];
  readonly sampled: Sampling;
}

/**
 * What of a peer's trace context or baggage did not pass, in words of ours: they can be counted and
 * shown without what was refused.
 */
export const REFUSALS = [
  'traceparent-invalid',
  'traceparent-dropped',
  'tracestate-invalid',
  'tracestate-dropped',
  'baggage-invalid',
  'baggage-oversized',
  'baggage-dropped',
] as const;
export type Refusal = (typeof REFUSALS)[number];

/** A span as its ids. */
export interface RemoteSpan {
  readonly trace: TraceId;
  readonly span: SpanId;
}

/** Is the span exported? Ledger and detection have every call, whatever stands here. */
export interface Sampling {
  readonly keep: boolean;
  readonly reason: SamplingReason;
}

/**
 * What a sampling decision rests on. `base`: the rate, by trace id. `peer`: the flag of a trusted
 * peer. `session`: its session had a detection; `past`: it had one later, and this was still held.
 * The others speak of the call itself.
 */
export const SAMPLING_REASONS = [
  'base',
  'peer',
  'denial',
  'detection',
  'error',
  'auth-failure',
  'unverified-sensitive',
  'session',
  'past',
] as const;
export type SamplingReason = (typeof SAMPLING_REASONS)[number];

/** Was the call asked for by the user directly, or made within another one? */
export interface Cause {
  readonly kind: 'user' | 'tool' | 'server' | 'unknown';
  readonly parent?: CallId;
  /**
   * `trace` parentage, `input` (an input-required leg), `containment` within an open call on one
   * connection.
   */
  readonly evidence: 'trace' | 'input' | 'containment' | 'intent' | 'none';
}

export interface IntentRef {
  /** Locality-sensitive hash of the prompt: like prompts share it. */
  readonly cluster: string;
  /**
   * Did the prompt ask for what this call does (its destination, or its action where it has none)?
   */
  readonly covers: 'yes' | 'no' | 'unknown';
  /** Locality-sensitive hash of its embedding, where an endpoint for these is configured. */
  readonly embedding?: string;
}

export interface Facts {
  readonly request?: ContentFacts;
  readonly result?: ContentFacts;
  readonly flows: readonly FlowEdge[];
  readonly subversion?: Subversion;
  readonly definitions?: DefinitionFacts;
  /** Of a call: how it differs from what is usual for its tool. */
  readonly baseline?: BaselineFacts;
  /** Of a call: what it costs; absent where nobody counts. */
  readonly spend?: SpendFacts;
}

/** What is known of one content without holding it. */
export interface ContentFacts {
  readonly bytes: number;
  readonly depth: number;
  /** Paths like `to` or `rows[].email`, types and sizes, bounded. */
  readonly paths: readonly PathFact[];
  readonly classes: readonly ClassFact[];
  /** Number of destinations outside this machine: hosts, e-mail domains. */
  readonly externalDestinations: number;
  /**
   * Fingerprints of where an argument says that content goes (domain, host, channel, account): the
   * same for all sessions of one hub. Treated as content: never exported.
   */
  readonly destinations?: readonly string[];
  readonly instructionLike: boolean;
  readonly hiddenText: boolean;
  /** Keyed digest of the canonical content: equal arguments have equal digests within a session. */
  readonly digest: string;
  /** Keyed fingerprints of identifying values. Treated as content: never exported. */
  readonly atoms: readonly Atom[];
  /**
   * Keyed prints of words, by which what a text asks for is compared with what is done later, as
   * packed text. Treated as content: never exported. Absent where nothing is compared with it.
   */
  readonly wording?: string;
  /** Absent where the content has no text that is long enough. */
  readonly passages?: Passages;
  /** Redacted projection, as JSON text. In the store only. */
  readonly projection?: string;
  /** Absent where no content test of a rule was asked. */
  readonly matched?: ContentMatches;
  /** Of a result: what it says was used for it. */
  readonly usage?: Usage;
  /** True where a limit stopped the reading before its end. */
  readonly truncated: boolean;
}

/**
 * Keyed prints of stretches of texts, by which a passage is known again inside other text, and a
 * value when it comes in parts, backwards or with marks between. Treated as content: never
 * exported.
 */
export interface Passages {
  /** Paths of the texts that the prints are of. */
  readonly at: readonly string[];
  /** Packed, in base64. */
  readonly prints: string;
}

/** What rules asked of a content, answered where the content was. */
export interface ContentMatches {
  /** Of the tests that were asked. */
  readonly set: string;
  /** Of those that held. */
  readonly ids: readonly string[];
}

export interface PathFact {
  readonly path: string;
  readonly type: 'string' | 'number' | 'boolean' | 'null' | 'object' | 'array';
  readonly bytes: number;
}

export const CONTENT_CLASSES = [
  'secret',
  'pii.email',
  'pii.phone',
  'pii.card',
  'pii.iban',
  'pii.national-id',
  'url-credentials',
  'ansi',
  'encoded',
  'code',
  'sql',
] as const;
export type ContentClass = (typeof CONTENT_CLASSES)[number];

export interface ClassFact {
  readonly class: ContentClass;
  readonly count: number;
}

export interface Atom {
  /** 16 hexadecimal digits. */
  readonly print: string;
  readonly kind: 'value' | 'email' | 'url' | 'host' | 'number' | 'path' | 'token' | 'line';
  /** Path in the content, e.g. `to` or `content[0].text:3` (with the line). */
  readonly at: string;
  /** Does it say where the content goes? */
  readonly destination?: boolean;
  /** Is the passage around it written like an instruction to an assistant? */
  readonly instructionLike?: boolean;
  /** What the value is, where it is of a known class. */
  readonly class?: ContentClass;
  /** It stood there in an encoding. */
  readonly decoded?: boolean;
}

/**
 * How a flow was found. `exact`: equal values. `decoded`: they are equal once an encoding is taken
 * off. `window`: a passage stands inside other text. `part`: a part of a value; `split`: parts that
 * make up most of it, in several calls or arguments. `spaced`: the value with marks between its
 * characters. `reversed`: backwards. `rotated`: by 13 letters.
 */
export const FLOW_KINDS = [
  'exact',
  'decoded',
  'window',
  'part',
  'split',
  'spaced',
  'reversed',
  'rotated',
] as const;
export type FlowKind = (typeof FLOW_KINDS)[number];

/** A value of this call's arguments that was seen before. */
export interface FlowEdge {
  /** The call whose result held it. */
  readonly from: CallId;
  readonly server: string;
  readonly tool: string;
  readonly field: string;
  /** Argument path here. */
  readonly to: string;
  /** Share of this argument's fingerprints that were found there, 0 to 1. */
  readonly coverage: number;
  /** Of the source: its tool's, and those that its result earned. */
  readonly labels: readonly Label[];
  /** Of the values that flowed, not of all that the source returned. */
  readonly classes: readonly ContentClass[];
  readonly instructionLike: boolean;
  /** The user's prompt holds the same value. */
  readonly inIntent: boolean;
  /** The values that flowed say where the content goes, and nothing else flowed. */
  readonly destination?: boolean;
  /** Absent where it is `exact`. */
  readonly kind?: FlowKind;
}

/**
 * Does the call follow a result rather than the prompt? Absent where no prompt is known, or nothing
 * was read before.
 */
export interface Subversion {
  /** 0 to 1; from 0.5 the shipped rule speaks. */
  readonly score: number;
  /** What speaks most for the score and against it, by weight in log-odds. */
  readonly terms: readonly SubversionTerm[];
  /** The prompt names what was read there, and leaves it to that what is to be done. */
  readonly delegated: boolean;
  /** Where the sentence stands that the call follows most closely. */
  readonly follows?: { readonly call: CallId; readonly tool: string; readonly line: number };
}

export interface SubversionTerm {
  readonly feature: string;
  readonly value: number;
  readonly weight: number;
}

export interface Decision {
  readonly action: DecisionAction;
  /** What the rule wanted; differs from `action` in `observe`. */
  readonly wanted: DecisionAction;
  /** Id of the rule, or '' where none spoke. */
  readonly rule: string;
  /**
   * Coded: `rule`, `exception`, `allowed-once`, `fail-closed`, `fail-open`, `durability`,
   * `unreadable`,
   * `stopped`, `default`; of a question to a person `approved`, `approved-in-host`, `refused`,
   * `ask-timeout`, `no-approver`, `withdrawn`.
   */
  readonly reason: string;
  readonly case?: CaseId;
  /** What `modify` masks. */
  readonly mask?: Mask;
  readonly expiresMs?: number;
  /** The exception by which the rule that is named did nothing. */
  readonly exception?: string;
  readonly mode: Mode;
  /** Who decided: the hub, or the sensor alone with what it sees of this server. */
  readonly by: 'hub' | 'sensor';
}

export type DecisionAction = 'allow' | 'deny' | 'modify' | 'ask' | 'defer';
export type Mode = 'observe' | 'enforce';

export interface LedgerRef {
  readonly index: number;
  /** RFC 6962 leaf hash, hexadecimal. */
  readonly leafHash: string;
}

export const ALLOW: Decision = {
  action: 'allow',
  wanted: 'allow',
  rule: '',
  reason: 'default',
  mode: 'observe',
  by: 'hub',
};

/** In `enforce`, of a sensor that nobody answers and that cannot find out by itself. */
export const FAIL_CLOSED: Decision = {
  action: 'deny',
  wanted: 'deny',
  rule: '',
  reason: 'fail-closed',
  mode: 'enforce',
  by: 'sensor',
};

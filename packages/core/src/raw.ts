import type { Cause, Outcome } from './observation.ts';

/**
 * A step of a call as a sensor without detectors tells it: the messages themselves follow as bytes,
 * and the hub examines and seals them. Made within the program that is watched, so it travels over
 * the local socket and nowhere else.
 */
export interface Raw {
  /** `begin` asks for a decision; `end` has the response, or an outcome where none came. */
  readonly step: 'begin' | 'end' | 'intent';
  /** UUIDv7, the same for all exchanges of one call. */
  readonly call: string;
  readonly startMs: number;
  readonly endMs?: number;
  /** Of the span that the program's own telemetry has made: the hub's becomes its child. */
  readonly traceparent?: { readonly trace: string; readonly parent: string };
  /** The opaque ids that the server got instead. */
  readonly given?: { readonly trace: string; readonly parent: string };
  readonly cause: Cause;
  /** Of the connection, for requests that do not name a revision themselves. */
  readonly protocolVersion?: string;
  /** Length of the request, which comes first; with `intent` of the prompt. 0 where it is known. */
  readonly requestBytes: number;
  /** Without a response: how the call ended. */
  readonly outcome?: Outcome;
  readonly errorType?: string;
}

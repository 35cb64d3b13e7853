import type { DefinitionFacts } from './definitions.ts';
import type { Masked } from './mask.ts';
import type {
  Cause,
  ContentFacts,
  Decision,
  Era,
  ObservationKind,
  Outcome,
  Refusal,
} from './observation.ts';

/** An observation as the sensor can state it; the hub adds the rest. */
export interface Sensed {
  /**
   * Keyed digest by which another process, that sees the end of this call, finds it: of the host's
   * id of the call, or of its arguments.
   */
  readonly pair?: string;
  readonly id: string;
  readonly kind: ObservationKind;
  readonly startMs: number;
  readonly endMs?: number;
  readonly tool?: string;
  readonly resource?: string;
  readonly prompt?: string;
  readonly method: string;
  readonly requestId?: string;
  readonly era: Era;
  readonly protocolVersion?: string;
  readonly span: string;
  /** From the client's `traceparent`, where its policy says so. */
  readonly traceparent?: { readonly trace: string; readonly parent: string };
  /** The same, where its policy says that a new trace begins here. */
  readonly link?: { readonly trace: string; readonly parent: string };
  /** Opaque ids that the server got in place of ours: spans that come back with them are its. */
  readonly given?: { readonly trace: string; readonly parent: string };
  /** The client's sampled flag, where it is trusted for it. */
  readonly sampledHint?: boolean;
  /** What of its trace context and baggage did not pass. */
  readonly refused?: readonly Refusal[];
  readonly cause: Cause;
  readonly request?: ContentFacts;
  readonly result?: ContentFacts;
  readonly definitions?: DefinitionFacts;
  /** Cluster of a prompt; only with kind `intent`. */
  readonly cluster?: string;
  /** How much of it was masked. */
  readonly masked?: Masked;
  readonly outcome: Outcome;
  readonly errorType?: string;
  /** Decided without the hub, and told afterwards: late input may alert, never block. */
  readonly decidedAlone?: Decision;
}

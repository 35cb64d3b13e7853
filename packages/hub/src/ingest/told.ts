import type { ClaimedIdentity, ContentAsked, SealedContent, Sensed } from '@spoor/core';
import type { Side } from './calls.ts';

/** A call of somebody else's telemetry, as the deciding thread takes it in. */
export interface ForeignTold {
  readonly trace: string;
  /** Keys of the spans that tell of it. */
  readonly spans: readonly string[];
  readonly ancestors: readonly string[];
  /** Key of the span right around it. */
  readonly parent?: string;
  readonly side: Side;
  readonly server: string;
  readonly transport: 'stdio' | 'http' | 'unknown';
  /** The service that emitted it. */
  readonly agent: string;
  /** It brought names along that only our own verifier may set. */
  readonly claims: boolean;
  /** What it says of identity under these names. */
  readonly claimed?: ClaimedIdentity;
  readonly begun?: { readonly sensed: Sensed; readonly sealed: readonly SealedContent[] };
  readonly ended: { readonly sensed: Sensed; readonly sealed: readonly SealedContent[] };
}

/** Content that an instrumentation puts on spans. */
export interface Leak {
  readonly trace: string;
  readonly agent: string;
  /** Name and version of the instrumentation scope. */
  readonly instrumentation: string;
  readonly attributes: readonly string[];
  readonly spans: number;
  /** A call that it leaked of. */
  readonly call?: { readonly id: string; readonly server: string; readonly tool: string };
}

/** Answer to `foreign.open`, in the order of what was asked. */
export interface ForeignOpened {
  readonly sessions: readonly ForeignSession[];
  readonly definitionKey: string;
  readonly recipients: readonly string[];
  readonly project: boolean;
  /** What rules ask of content, where the intake asks for the first time. */
  readonly asked?: ContentAsked;
}

export interface ForeignSession {
  readonly session: string;
  readonly printKey: string;
  readonly digestKey: string;
}

/** What the intake asks of the deciding thread. */
export type ForeignQuestion =
  | {
      readonly kind: 'foreign.open';
      /** Are the questions of rules not known yet? */
      readonly first: boolean;
      readonly traces: readonly { readonly trace: string; readonly agent: string }[];
    }
  | {
      readonly kind: 'foreign.key';
      readonly session: string;
      readonly kek: string;
      readonly wrapped: Uint8Array;
    }
  | {
      readonly kind: 'foreign.tell';
      readonly told: readonly ForeignTold[];
      readonly leaks: readonly Leak[];
    }
  /** Answered when all that was told is on disk. */
  | { readonly kind: 'foreign.settle' };

/** Answer to `foreign.tell`. */
export interface ForeignTaken {
  /** Calls that were known already. */
  readonly duplicates: number;
}

import type {
  Cause,
  Decision,
  Era,
  IntentRef,
  Label,
  Outcome,
  Principal,
  Sampling,
  SealedMeta,
  ServerRef,
} from '@spoor/core';

/** What an entry is about. New kinds may be added; readers pass over those they do not know. */
export const LEAF_KINDS = [
  'call.request',
  'call.result',
  'definitions',
  'decision',
  'identity.binding',
  'intent',
  'alert',
  'key.rotated',
  'payload.shredded',
  'retention.pruned',
  'events.dropped',
  'heartbeat',
  'log.start',
  'log.stop',
  'log.recovered',
  'config.changed',
  'witness.state',
  'vault.opened',
] as const;
export type LeafKind = (typeof LEAF_KINDS)[number];

/**
 * What the ledger is asked to record. All text in it is names, ids, codes and digests: no user
 * text, and no plain digest of any. `call.*` cover every MCP exchange; `mcp.method` says which.
 */
export interface Entry {
  readonly kind: LeafKind;
  /** Enrolled node that observed it, where that is not the log's own. */
  readonly node?: string;
  /** Place in the hub's order. */
  readonly seq?: number;
  /** UUIDv7; a request and its result share it. */
  readonly call?: string;
  /** UUIDv7; also where the vault keeps the sealed content. */
  readonly session?: string;
  readonly episode?: number;
  readonly trace?: string;
  readonly span?: string;
  readonly parent?: string;
  /** Says whether a span must exist, so that a missing one is noticed. */
  readonly sampled?: Sampling;
  /** Milliseconds since the epoch by the observer's clock. */
  readonly time?: { readonly start: number; readonly end?: number };
  readonly mcp?: LeafMcp;
  readonly outcome?: Outcome;
  /** Code of an outcome that is no success. */
  readonly error?: string;
  readonly identity?: LeafIdentity;
  readonly cause?: Cause;
  readonly intent?: IntentRef;
  /** Keyed digest of the facts that `examine` found. */
  readonly facts?: string;
  readonly decision?: Decision;
  /** False where the sensor decided without the hub. */
  readonly covered?: boolean;
  /** Whatever else the kind needs, as numbers, ids, codes and digests. */
  readonly detail?: Detail;
}

/** An entry as it stands in the log, with what the ledger itself adds. */
export interface Leaf extends Entry {
  readonly v: 1;
  /** UUIDv7 of this entry. */
  readonly id: string;
  /** Milliseconds since the epoch by the ledger's clock. */
  readonly ts: number;
  /** 16 hexadecimal digits, new with each start of the writer. */
  readonly boot: string;
  /** Sealed content in the vault: one for each that came with the entry. */
  readonly content?: readonly SealedMeta[];
}

export interface LeafMcp {
  /** JSON-RPC method, as `safeName` gives it; so are all names here. */
  readonly method: string;
  readonly era: Era;
  readonly server: string;
  readonly transport?: ServerRef['transport'];
  readonly tool?: string;
  readonly resource?: string;
  readonly prompt?: string;
  /** Keyed digest of the definition that was in force. */
  readonly definition?: string;
  readonly labels?: readonly Label[];
}

export interface LeafIdentity {
  readonly level: Principal['level'];
  readonly pseudonym: string;
  readonly agent?: string;
  /** Codes, or indices of `identity.binding` entries. */
  readonly evidence: readonly (string | number)[];
}

export type DetailValue =
  | string
  | number
  | boolean
  | readonly DetailValue[]
  | { readonly [name: string]: DetailValue };

export type Detail = Readonly<Record<string, DetailValue>>;

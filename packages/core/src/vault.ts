/** Shredding, holding and opening of sealed content, in words that hub and command share. */
import { LIMITS } from './limits.ts';

/** Whose or which content: of one call, one session, one person as the caller, or one period. */
export type VaultTarget =
  | { readonly kind: 'call'; readonly call: string }
  | { readonly kind: 'session'; readonly session: string }
  /** Pseudonyms: today's principals have one for each agent program. */
  | { readonly kind: 'person'; readonly pseudonyms: readonly string[] }
  /** From its first millisecond to before its last, by the ledger's clock. */
  | { readonly kind: 'period'; readonly fromMs: number; readonly toMs: number };

/** A legal hold: what it names is neither shredded nor expired nor pruned. */
export interface Hold {
  readonly id: string;
  readonly target: Exclude<VaultTarget, { readonly kind: 'call' }>;
  readonly reason: string;
  readonly by: string;
  readonly sinceMs: number;
}

/** What is known of something that might be held. */
export interface Holdable {
  readonly session?: string | undefined;
  readonly pseudonym?: string | undefined;
  /** By the ledger's clock. */
  readonly atMs?: number | undefined;
}

/** The first hold that covers it; undefined where it may go. */
export const held = (what: Holdable, holds: readonly Hold[]): Hold | undefined =>
  holds.find(({ target }) => covers(target, what));

/** Is it part of what the target names? Nothing that is unknown is. */
export function covers(
  target: VaultTarget,
  { session, pseudonym, atMs, call }: Holdable & { readonly call?: string | undefined },
): boolean {
  switch (target.kind) {
    case 'call':
      return call === target.call;
    case 'session':
      return session === target.session;
    case 'person':
      return pseudonym !== undefined && target.pseudonyms.includes(pseudonym);
    case 'period':
      return atMs !== undefined && target.fromMs <= atMs && atMs < target.toMs;
  }
}

const REASON = /^[A-Za-z0-9.:/@-]+( [A-Za-z0-9.:/@-]+)*$/;

/**
 * A reason as the ledger holds it, which has no spaces: undefined where it holds other characters
 * than the ledger's own. A person wrote it to be read by everybody who may read the log.
 */
export const reasonInLedger = (text: string): string | undefined =>
  REASON.test(text) && text.length <= LIMITS.vaultReasonCharsMax
    ? text.replaceAll(' ', '_')
    : undefined;

/** What shredding would destroy, or has destroyed. */
export interface ShredView {
  readonly contents: number;
  readonly bytes: number;
  readonly calls: number;
  /** Sessions that go as a whole, with their keys. */
  readonly sessions: number;
  /** Sessions that run now, and go on as new ones. */
  readonly running: number;
  /** Contents that a hold keeps. */
  readonly held: number;
  readonly holds: readonly Hold[];
  readonly firstMs?: number;
  readonly lastMs?: number;
  /** Files of sensors that nobody can read, so that they were not looked through. */
  readonly unreadable: number;
  /** Of the entry that says so; absent while nothing was done. */
  readonly index?: number;
}

/** What is kept how long. */
export interface VaultView {
  readonly sealing: boolean;
  readonly contents: {
    readonly sessions: number;
    readonly bytes: number;
    readonly oldestMs?: number;
  };
  readonly days: number;
  readonly bytesMax: number;
  /** Of facts and projections in the store. */
  readonly storeDays: number;
  readonly holds: readonly Hold[];
  /** Sessions that a hold keeps beyond their time. */
  readonly keptByHold: number;
  /** When the oldest content that is not held goes by its age. */
  readonly nextMs?: number;
}

import {
  type CaseId,
  type ContentAsked,
  type IdentityEvidence,
  type Label,
  type Mode,
  type Request,
  type SealedContent,
  type SealedPart,
  safeName,
} from '@spoor/core';
import type { Keys } from '@spoor/edge/keys';
import type { Begun, Ended, Sensed } from '@spoor/edge/wire';
import type { Offer } from './elicitation.ts';

export type Known = Pick<Begun, 'labels' | 'hold'>;

/** Calls of one target share labels: a tool, or a method that has none. */
export const targetOf = ({ method, tool }: Pick<Sensed, 'method' | 'tool'>): string =>
  tool ?? method;

/** The same of a request that has not been looked into yet. */
export function knownTarget({ method, params }: Request, keys: Keys): string {
  const { name } = params;
  return method === 'tools/call' && typeof name === 'string' ? safeName(name, keys.short) : method;
}

/** The hub as the relay needs it, whether one answers or not. */
export interface HubPort {
  /** Undefined once the first contact was made or given up. */
  readonly ready: Promise<void> | undefined;
  readonly keys: Keys;
  /** Is the redacted projection wanted? */
  readonly project: boolean;
  /** What rules ask of content; undefined where none does. */
  readonly asked: ContentAsked | undefined;
  /** What holds for this server where no rule is named. */
  readonly mode: Mode;
  /** Could any rule deny a call on this connection? */
  readonly enforces: boolean;
  /** Case of the stop, where all that is said here is stopped; `true` where it has no name. */
  readonly stopped?: CaseId | true | undefined;
  /** What the hub last said of a tool (or other target); undefined while it is not asked for. */
  known(target: string): Known | undefined;
  /** Nothing without auditors' keys. */
  seal(call: string, part: SealedPart, plaintext: Uint8Array): readonly SealedContent[];
  /**
   * The final decision. Where a person is asked it comes late, and `onAsk` is called first: others
   * need not wait meanwhile. Evidence goes with the first word of a call.
   */
  begin(
    observation: Sensed,
    sealed: readonly SealedContent[],
    onAsk?: (offer?: Offer) => void,
    identity?: IdentityEvidence,
  ): Promise<Begun>;
  /** The same for what nobody waits for. */
  tell(
    op: 'begin' | 'end',
    observation: Sensed,
    sealed: readonly SealedContent[],
    labels: readonly Label[],
    identity?: IdentityEvidence,
  ): Promise<void>;
  /** Undefined when the hub could not be told. */
  end(
    observation: Sensed,
    sealed: readonly SealedContent[],
    labels: readonly Label[],
  ): Promise<Ended | undefined>;
}

import type { Label, Mode, SealedContent, SealedPart } from '@spoor/core';
import type { Begun, Ended, Sensed } from '@spoor/edge/wire';
import type { Keys } from './keys.ts';

/** The hub as the relay needs it, whether one answers or not. */
export interface HubPort {
  /** Undefined once the first contact was made or given up. */
  readonly ready: Promise<void> | undefined;
  readonly keys: Keys;
  /** Is the redacted projection wanted? */
  readonly project: boolean;
  /** What holds for this server where no rule is named. */
  readonly mode: Mode;
  /** Could any rule deny a call on this connection? */
  readonly enforces: boolean;
  /** Nothing without auditors' keys. */
  seal(call: string, part: SealedPart, plaintext: Uint8Array): readonly SealedContent[];
  begin(
    observation: Sensed,
    sealed: readonly SealedContent[],
    known: readonly Label[] | undefined,
  ): Promise<Begun>;
  /** Undefined when the hub could not be told. */
  end(
    observation: Sensed,
    sealed: readonly SealedContent[],
    labels: readonly Label[],
  ): Promise<Ended | undefined>;
}

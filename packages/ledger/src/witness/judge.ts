/** What a witness says to a checkpoint: pure, from what it holds of that log. */
import { equalBytes } from '@spoor/core';
import type { Checkpoint } from '../checkpoint.ts';
import { nodeHasher } from '../publish.ts';
import { checkConsistency } from '../tree/proof.ts';
import type { AddCheckpoint } from './request.ts';

export type Verdict =
  /** `isNew` where it is more than what is held. */
  | { readonly status: 200; readonly isNew: boolean }
  /** The proof cannot be of that checkpoint. */
  | { readonly status: 400 }
  /** The proof begins elsewhere than at what is held. */
  | { readonly status: 409; readonly size: number; readonly split: boolean }
  /** It is not what is held, grown. */
  | { readonly status: 422; readonly split: boolean };

/**
 * `split` where the log has signed two trees of one size.
 *
 * @param held The newest checkpoint that was cosigned; undefined before the first.
 */
export function judge(
  { old, proof, checkpoint }: AddCheckpoint,
  held: Checkpoint | undefined,
): Verdict {
  const size = held?.size ?? 0;
  const root = held?.root ?? nodeHasher.empty();
  const split = checkpoint.size === size && !equalBytes(checkpoint.root, root);
  if (old > checkpoint.size) return { status: 400 };
  if (old !== size) return { status: 409, size, split };
  if (split) return { status: 422, split };
  if (old === checkpoint.size || old === 0) {
    if (proof.length > 0) return { status: 422, split };
    return { status: 200, isNew: held === undefined || checkpoint.size > size };
  }
  const claim = { size1: old, size2: checkpoint.size, root1: root, root2: checkpoint.root, proof };
  const grows = checkConsistency(nodeHasher, claim);
  return grows ? { status: 200, isNew: true } : { status: 422, split };
}

import { CodedError } from '@spoor/core';
import type { Published } from '@spoor/ledger';
import { type Probed, probeWitness } from '@spoor/ledger/witness';
import { type Asker, whyOf } from './askers.ts';

/** A start waits no longer for witnesses that do not answer. */
const CONFIRM_MS = 2_000;

/**
 * Before anything is written: does a witness know of more than we have? Then our files are older
 * than what was signed, and writing on would be a second history.
 *
 * @throws CodedError LEDGER_ROLLED_BACK, WITNESS_REFUSED
 */
export async function confirmWith(
  askers: readonly Asker[],
  { note, size }: Published,
  say: (line: string) => void,
): Promise<void> {
  const asked = askers.map(async ({ witness, post }): Promise<Probed> => {
    const { key } = witness;
    const late = new Promise<Probed>((resolve) => {
      setTimeout(() => resolve({ status: 'later', why: 'no answer' }), CONFIRM_MS).unref();
    });
    const probe = probeWitness({ note, key, nowMs: Date.now, post }).catch(
      (error: unknown): Probed => ({ status: 'later', why: whyOf(error) }),
    );
    return Promise.race([probe, late]);
  });
  for (const [i, answer] of (await Promise.all(asked)).entries()) {
    const name = askers[i]?.witness.key.name ?? '';
    if (answer.status === 'ahead') {
      throw new CodedError(
        'LEDGER_ROLLED_BACK',
        `witness ${name} has cosigned ${answer.size} entries, ${size} are here`,
      );
    }
    if (answer.status === 'split') throw new CodedError('WITNESS_REFUSED', `witness ${name}`);
    if ('why' in answer) say(`witness ${name}: ${answer.why}`);
  }
}

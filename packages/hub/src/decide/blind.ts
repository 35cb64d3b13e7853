import { hash } from 'node:crypto';
import { type Observation, type Random, toHex } from '@spoor/core';

const SALT_BYTES = 16;
const DIGITS = 32;

/** Made anew for each observation, and kept in its row of the store alone. */
export const newSalt = (random: Random): string => toHex(random.bytes(SALT_BYTES));

/**
 * A keyed digest as an entry may hold it: bound to it, and of no use for testing a guess to anybody
 * who lacks the salt, also to whoever holds the hub's keys. Where the row is gone, so is the salt.
 */
export function blind({ salt }: Pick<Observation, 'salt'>, digest: string): string {
  return salt === undefined ? digest : hash('sha256', `${salt}${digest}`).slice(0, DIGITS);
}

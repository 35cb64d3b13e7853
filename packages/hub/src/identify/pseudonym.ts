import { createHmac } from 'node:crypto';

/** The same text under the same key has the same pseudonym: 32 hexadecimal digits. */
export const pseudonymOf = (key: Uint8Array, text: string): string =>
  createHmac('sha256', key).update(text).digest('hex').slice(0, 32);

import { fromBase64, type SipKey, sipKey, systemRandom } from '@spoor/core';

const OWN: SipKey = sipKey(systemRandom.bytes(16));

let ofHub: SipKey | undefined;

/** For clusters of prompts: the hub's once it has said it, so that spans and store agree. */
export const clusterKey = (): SipKey => ofHub ?? OWN;

/** @param said Base64, at least 16 bytes; anything else is no key. */
export function useClusterKey(said: unknown): void {
  const bytes = typeof said === 'string' ? fromBase64(said) : undefined;
  if (bytes !== undefined && bytes.length >= 16) ofHub = sipKey(bytes);
}

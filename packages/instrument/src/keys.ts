import { type SipKey, sipKey, systemRandom } from '@spoor/core';

const OWN: SipKey = sipKey(systemRandom.bytes(16));

/** For clusters of prompts. */
export const clusterKey = (): SipKey => OWN;

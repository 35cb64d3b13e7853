export { TRUSTED, type TrustPolicy, UNTRUSTED } from '@spoor/core';
export { counts, type InstrumentCounts } from './counts.ts';
export { instrument, uninstrument } from './instrument.ts';
export { withIntent } from './intent.ts';
export type { HubOptions, InstrumentOptions } from './options.ts';

/** For auditors: making their keys, and opening what was sealed to them. */

export { readSealed } from '../seal/record.ts';
export {
  type AuditorKey,
  type AuditorKeys,
  createAuditorKey,
  createAuditorKeys,
  isEncrypted,
  recipientsOf,
} from './keys.ts';
export {
  type Opened,
  type OpenedPart,
  type OpenFailure,
  type OpenOptions,
  openContent,
} from './open.ts';
export { type RewrapOptions, type Rewrapped, rewrapVault } from './rewrap.ts';
export { createRootKey, openRootKey, type RootKey } from './root.ts';

/** For auditors: making their keys, and opening what was sealed to them. */
export { type AuditorKey, type AuditorKeys, createAuditorKeys } from './keys.ts';
export {
  type Opened,
  type OpenedPart,
  type OpenFailure,
  type OpenOptions,
  openContent,
} from './open.ts';

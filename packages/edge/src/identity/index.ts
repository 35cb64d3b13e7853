export { type IdentityTrust, type Issuer, type RequiredLevel, readTrust } from './trust.ts';
export {
  type IdentityContext,
  type IdentityLevel,
  type IdentityResult,
  type IdentitySubject,
  type IdentityToken,
  verifyIdentity,
} from './verify.ts';

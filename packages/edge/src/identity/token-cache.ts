import { LIMITS } from '@spoor/core';
import type { CheckedToken } from './check-token.ts';

/**
 * Tokens that have been checked, by the digest of their text: what a call costs is then its own
 * proof alone. Times are checked each time, and all of it when its issuer's keys change.
 */
export class TokenCache {
  readonly #checked = new Map<string, CheckedToken>();

  get(digest: string, generation: number): CheckedToken | undefined {
    const known = this.#checked.get(digest);
    return known?.generation === generation ? known : undefined;
  }

  clear(): void {
    this.#checked.clear();
  }

  set(digest: string, checked: CheckedToken): void {
    const [oldest] = this.#checked.keys();
    if (this.#checked.size >= LIMITS.identityTokensMax && oldest !== undefined)
      this.#checked.delete(oldest);
    this.#checked.set(digest, checked);
  }
}

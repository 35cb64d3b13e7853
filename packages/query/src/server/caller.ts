/** What a caller may be allowed. Scopes of a token are the same words after `spoor.`. */
export const PERMISSIONS = ['traces', 'content', 'evidence', 'documentation'] as const;

export type Permission = (typeof PERMISSIONS)[number];

/** Without a word of the owner: all but what reveals content. */
export const DEFAULT_PERMISSIONS: readonly Permission[] = ['traces', 'evidence', 'documentation'];

export const scopeOf = (permission: Permission): string => `spoor.${permission}`;

/** Who asks, as far as that is proved. */
export interface Caller {
  /** For limits and the log: never a token, never a name of a person. */
  readonly id: string;
  readonly permissions: ReadonlySet<Permission>;
  /** Has started the server with credentials of its own, and speaks to it alone. */
  readonly local?: true;
  /** Tenants that are this caller's, by the token; undefined where no token says so. */
  readonly tenants?: readonly string[];
}

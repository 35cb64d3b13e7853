/** What stands in a text, as whoever puts the server together can tell. */
export interface Masked {
  /** Secrets and personal data are replaced by the kind of each. */
  readonly text: string;
  /** How many were. */
  readonly masked: number;
  /** Does it speak to its reader, as an order would? */
  readonly instruction: boolean;
}

/**
 * Knows secrets, personal data and orders when it sees them. A port: this package may not see the
 * one that examines content, so that an assistant's server holds nothing but what it needs.
 */
export interface Masker {
  /** @param name What the text is the value of: a name such as `password` says much. */
  mask(text: string, name: string): Masked;
}

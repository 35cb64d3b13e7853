/** What of a message content tests are asked of. */
export type ContentPart = 'request' | 'result' | 'definition';

/** What rules ask of content, in a form that needs nothing else to be answered. */
export interface ContentAsked {
  /** Of exactly these questions. */
  readonly set: string;
  readonly asks: readonly ContentAsk[];
  /** Shapes of secrets from the owner's file. */
  readonly secrets?: readonly SecretShape[];
}

/** A kind of secret, as the owner's file has it. */
export interface SecretShape {
  readonly id: string;
  /** RE2 syntax. */
  readonly source: string;
  /** Which group is the secret: the first that is not empty where 0. */
  readonly group: number;
  /** Bits per character that it has more of. */
  readonly entropyMin?: number;
  /** As in `TextForm`. */
  readonly needs: readonly (readonly string[])[];
  readonly allow: readonly SecretAllowance[];
}

/** What is no secret although it looks like one. */
export interface SecretAllowance {
  readonly target: 'secret' | 'match' | 'line';
  /** Must expressions and words both be met? */
  readonly every: boolean;
  readonly regexes: readonly string[];
  readonly stopwords: readonly string[];
}

/** Content tests that look for the same. */
export interface ContentAsk {
  /** Id of the test of each part that it is asked of. */
  readonly ids: Readonly<Partial<Record<ContentPart, string>>>;
  /** One of them is enough. */
  readonly forms: readonly TextForm[];
}

/** What one text is compared with. */
export type TextForm = {
  /**
   * Whatever matches holds one text of each of these sets, in lower case and with single spaces: so
   * that most texts need not be compared.
   */
  readonly needs: readonly (readonly string[])[];
} & (
  | { readonly kind: 'regex'; readonly source: string; readonly flags: string }
  /** `null` stands for any run of characters, `true` for any one. */
  | {
      readonly kind: 'glob';
      readonly parts: readonly (string | null | true)[];
      readonly cased: boolean;
    }
);

/** What of a message content tests are asked of. */
export type ContentPart = 'request' | 'result' | 'definition';

/** What rules ask of content, in a form that needs nothing else to be answered. */
export interface ContentAsked {
  /** Of exactly these questions. */
  readonly set: string;
  readonly asks: readonly ContentAsk[];
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

/** Limits of what is compared beside whole values: words, passages, and parts of values. */
export const FLOW_LIMITS = {
  /** Text of one content whose words are compared: orders stand early or are short. */
  wordingTextCharsMax: 20_000,
  /** Distinct words kept of one content: those of a page. */
  wordingWordsMax: 1_024,
  /** Names, numbers and addresses kept of one content for the same comparison. */
  wordingValuesMax: 512,
  /** Sentences that ask for something, kept of one content: hardly any text has a tenth of them. */
  wordingSentencesMax: 200,
  /** The words of one content as packed text: all of the above at their largest. */
  wordingCharsMax: 65_536,
  /** Words of each sort kept of one session, the newest: some twenty pages. */
  wordingPrintsPerSessionMax: 8_192,
  /** Sentences that ask for something, kept of one session: each call is compared with all. */
  wordingAskedPerSessionMax: 400,
  /** Characters of one content in which passages are known again: some forty pages. */
  passageCharsMax: 131_072,
  /** Texts of one content that have passages: rows of a table have one text each. */
  passageTextsMax: 128,
  /** Prints of passages kept of one content; of a longer one a share of them, spread evenly. */
  passageWindowsMax: 2_048,
  /** Prints of parts of values kept of one content, likewise. */
  passagePiecesMax: 1_024,
  /** Values of one content that are known again by their parts: a file of credentials has fewer. */
  passageValuesMax: 64,
  /** All of these of one content as packed text, with what says where they stand. */
  passagePrintsCharsMax: 65_536,
  /** Prints of passages of one session before the older half is dropped, and counted. */
  passagePrintsPerSessionMax: 65_536,
  /** Values of one session that are known again by their parts, the first ones. */
  passageValuesPerSessionMax: 512,
} as const;

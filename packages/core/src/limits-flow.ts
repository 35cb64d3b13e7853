/** Limits of what is followed beside whole values: passages, and parts of values. */
export const FLOW_LIMITS = {
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

/** Every queue, buffer, map, string and loop has its limit here, with the reason. Units come last in the name. */
export const LIMITS = {
  /** A longer line is forwarded as it streams by and recorded as unreadable: nothing sane is longer. */
  frameBytesMax: 16_777_216,
  /** Deeper JSON is not parsed: recursion on hostile input must end before the stack does. */
  jsonDepthMax: 64,
  /** What `examine` reads of one content; the rest is counted as not examined. */
  examineBytesMax: 1_048_576,
  /** Fingerprints kept of one content: enough for a page of records, little enough for one message. */
  atomsMax: 2048,
  /** Argument paths kept of one call. */
  argumentPathsMax: 128,
  /** Characters of a redacted projection that the store keeps for one content. */
  projectionCharsMax: 16_384,
  /** Characters of one string in a redacted projection. */
  projectionStringCharsMax: 120,
  /** Characters of a name that a peer chose (tool, server, prompt), as it may appear on spans. */
  nameCharsMax: 128,
  /** Fingerprints that one session's flow index keeps before the oldest are dropped, and counted. */
  flowAtomsPerSessionMax: 200_000,
  /** Sessions with live state in the hub; beyond it the longest idle loses its state, and that is counted. */
  sessionsMax: 1_000_000,
  /** Requests of one connection that wait for a response; beyond it the oldest is given up, and counted. */
  pendingRequestsMax: 10_000,
  /** One message on the socket between sensor and hub. */
  wireMessageBytesMax: 67_108_864,
  /** Tools taken from one definition list. */
  toolsPerServerMax: 2_000,
  /** What the sensor waits for a decision before it decides alone. */
  decisionBudgetMs: 50,
  /** What the first decision may wait for a hub that is just starting. */
  hubStartMs: 5_000,
  /** Spool of a sensor without a hub; beyond it observations are dropped, and counted. */
  spoolBytesMax: 67_108_864,
  /** A leaf is small by design; a larger one is refused. */
  leafBytesMax: 8_192,
  /** Idle time after which a session starts a new episode. */
  episodeIdleMs: 1_800_000,
  /** Event time further than this from the hub's clock is clamped. */
  clockSkewMaxMs: 300_000,
  /** Body of an API request. */
  apiBodyBytesMax: 65_536,
  /** Rows of one API page. */
  pageRowsMax: 500,
  /** Live streams open at once. */
  liveStreamsMax: 32,
} as const;

/** Rows of the table in `limits.ts`: what assistants may ask for, and what they are shown. */
export const QUERY_LIMITS = {
  /** Characters of a name (service, operation, tenant) that an assistant may ask with. */
  queryNameCharsMax: 256,
  /** Traces of one answer: what a reader can still compare. */
  queryTracesMax: 200,
  /** Rows of one page of any list; the rest has a cursor. */
  queryRowsMax: 500,
  /** Spans of one page of a trace; a page of them is some twenty thousand tokens. */
  querySpansMax: 1_000,
  /** Tags that one question may filter by. */
  queryTagsMax: 16,
  /** How far back one question may look: what is longer is an export, no question. */
  queryWindowMsMax: 2_678_400_000,
  /** Characters of one name (of a service, span or attribute) as it is shown. */
  shownNameCharsMax: 128,
  /** Characters of one value as it is shown in full. */
  shownValueCharsMax: 512,
  /** Characters of one value in a compact tree: enough for a status, a route or a table. */
  shownShortCharsMax: 80,
  /** Attributes of one span or event as they are shown in full. */
  shownAttributesMax: 64,
  /** Values of one list as they are shown. */
  shownItemsMax: 16,
  /** Events of one span as they are shown in full. */
  shownEventsMax: 16,
  /** Texts of one answer whose masked form is remembered: names and values repeat. */
  shownTextsMax: 10_000,
  /** Calls of one caller under way at once: an assistant asks one question after another. */
  queryCallsPerCallerMax: 16,
  /** Calls of one tool under way at once, of all callers. */
  queryCallsPerToolMax: 64,
  /** Calls of one tool by one caller within a minute; the next is told to wait. */
  queryCallsPerMinuteMax: 240,
  /** Callers whose calls are counted; the longest idle is forgotten. */
  queryCallersMax: 10_000,
  /** How long one call may take before its answer is that it took too long. */
  queryCallMs: 60_000,
  /** Bytes of one message to the query server: no question is longer. */
  queryMessageBytesMax: 262_144,
  /** Connections to the query server over HTTP. */
  queryConnectionsMax: 512,
  /** Streams of the old transport (`/sse`) that are open at once. */
  queryStreamsMax: 128,
  /** How long calls under way may go on once the query server is told to end. */
  queryDrainMs: 15_000,
  /** Documents that are indexed; the rest is counted and left out. */
  docFilesMax: 5_000,
  /** Bytes of one document. */
  docFileBytesMax: 2_097_152,
  /** Bytes of all documents together: their index takes some five times as much memory. */
  docBytesMax: 33_554_432,
  /** Folders within folders. */
  docDepthMax: 16,
  /** Characters of one section, which is what a search finds. */
  docSectionCharsMax: 8_000,
  /** Sections of one answer. */
  docResultsMax: 100,
  /** Deployments that the query server knows at once. */
  queryDeploymentsMax: 64,
} as const;

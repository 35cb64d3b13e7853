/** What the scanner does at most to a server that somebody else wrote, and takes from it. */
export const SCAN_LIMITS = {
  /** Tools of one server that are driven; the others are named as not driven. */
  scanToolsMax: 200,
  /** Pages of one list: a server that never ends its list is not followed for ever. */
  scanPagesMax: 50,
  /** Calls of one run, all tools together. */
  scanCallsMax: 1_500,
  /** One answer: long enough for a tool that asks a slow neighbour. */
  scanAnswerMs: 10_000,
  /** The first answer of a server that is just starting. */
  scanStartMs: 30_000,
  /** One run, from start to end; what is left then is reported as not tested. */
  scanRunMs: 180_000,
  /** Until what was recorded must have been exported: the default of batches is five seconds. */
  scanExportMs: 7_000,
  /** Without a further export, all that comes is taken to have come. */
  scanQuietMs: 700,
  /** One line or body from a server; it is contained and reported beyond that. */
  scanMessageBytesMax: 8_388_608,
  /** All that one server process says before it is ended. */
  scanOutputBytesMax: 67_108_864,
  /** Kept of standard error and of lines that are no messages. */
  scanNoiseBytesMax: 1_048_576,
  /** Notifications and requests of a server that are kept of one run. */
  scanHeardMax: 2_000,
  /** Processes of one server at a time: browsers and compilers need some twenty. */
  scanProcessesMax: 64,
  /** Memory of all processes of one server together: a browser fits, a machine stays usable. */
  scanMemoryBytesMax: 2_147_483_648,
  /** Spans of one run that are kept: all calls of a run, each with dozens of them. */
  scanSpansMax: 50_000,
  /** Texts of one run's telemetry that are looked through. */
  scanTextsMax: 500_000,
  /** Body of one export as it comes, and inflated. */
  scanExportBytesMax: 16_777_216,
  /** Requests that the loopback neighbour keeps of one run. */
  scanDownstreamMax: 2_000,
  /** Properties of one schema that get a value. */
  scanPropertiesMax: 64,
  /** Schemas within schemas that are followed to make a value. */
  scanSchemaDepthMax: 8,
  /** Findings of one check that are listed: more explain nothing, and the rest is counted. */
  scanFindingsMax: 20,
  /** Characters of one piece of evidence. */
  scanEvidenceCharsMax: 600,
  /** Bytes of a lock file. */
  scanLockBytesMax: 4_194_304,
} as const;

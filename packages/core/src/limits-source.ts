/** What the scanner does at most to source that somebody else wrote. */
export const SOURCE_LIMITS = {
  /** Files of one source tree that are read; the others are reported as not looked at. */
  sourceFilesMax: 20_000,
  /** Bytes of one file of source: what people write is far smaller, and bundles are not source. */
  sourceFileBytesMax: 1_048_576,
  /** Bytes of one source tree; the rest is reported as not looked at. */
  sourceBytesMax: 134_217_728,
  /** Folders within folders of a source tree. */
  sourceFolderDepthMax: 32,
  /** One file's parsing and reading along; then its worker is ended, and the file named. */
  sourceFileMs: 10_000,
  /** Until the worker that reads source says its first word: a busy machine takes seconds. */
  sourceStartMs: 60_000,
  /** The whole source tree; what is left then is reported as not looked at. */
  sourceScanMs: 120_000,
  /** Heap of the worker that reads source, in mebibytes: some fifty times the largest tree seen. */
  sourceHeapMiB: 1_024,
  /** Stack of that worker, in mebibytes: bundles nest far deeper than what people write. */
  sourceStackMiB: 32,
  /** Files that may cost the worker its life; after that the rest is reported as not looked at. */
  sourceRestartsMax: 4,
  /** Functions within functions whose calls are followed from one handler. */
  sourceCallDepthMax: 12,
  /** Ways in which one function is called, by what its arguments carry, that are followed. */
  sourceVisitsPerFunctionMax: 24,
  /** Nodes of syntax visited in one tree, helpers anew for each caller: a minute at most. */
  sourceStepsMax: 20_000_000,
  /** Aliases of one YAML file that are followed: nine of nine of nine is no configuration. */
  sourceAliasesMax: 1_000,
  /** Fields of one object that are told apart; the others count as one. */
  sourceFieldsMax: 128,
  /** Findings of one check that are listed: more explain nothing, and the rest is counted. */
  sourceFindingsMax: 200,
  /** Characters of a line of source that stand as evidence. */
  sourceEvidenceCharsMax: 200,
} as const;

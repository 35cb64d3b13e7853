/**
 * What a tool can do, as rules know it. The engine knows labels, never names of tools or servers.
 */
export const LABELS = [
  'reads-pii',
  'reads-secrets',
  'reads-untrusted',
  'reads-private',
  'egress',
  'shares-externally',
  'executes-code',
  'destructive',
  'financial',
  'privileged',
  'costly',
] as const;

export type Label = (typeof LABELS)[number];

const KNOWN: ReadonlySet<string> = new Set(LABELS);

export const isLabel = (text: string): text is Label => KNOWN.has(text);

/**
 * Calls with one of these are in the ledger on disk before they go on, and fail closed in
 * `enforce`.
 */
export const SENSITIVE_LABELS: ReadonlySet<Label> = new Set<Label>([
  'egress',
  'shares-externally',
  'executes-code',
  'destructive',
  'financial',
]);

/** The result of a tool with one of these waits until the hub has admitted it. */
export const READING_LABELS: ReadonlySet<Label> = new Set<Label>([
  'reads-pii',
  'reads-secrets',
  'reads-untrusted',
  'reads-private',
]);

export const hasAny = (labels: readonly Label[], set: ReadonlySet<Label>): boolean =>
  labels.some((label) => set.has(label));

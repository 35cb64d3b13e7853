/** Of what a failed check takes points. */
export type Severity = 'critical' | 'high' | 'medium' | 'low' | 'info';

/** A check, whether it probes a server that runs or reads source. */
export interface Check {
  /** Small letters, digits and hyphens: `span-arguments`. */
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  /** Taken from the score of 100, once, however often it is found. */
  readonly points: number;
  /** Ids in catalogues: `owasp-mcp:MCP08`, `cosai:T11`. */
  readonly catalogue: readonly string[];
  /** What to do, for people. */
  readonly remedy: string;
  /** The remedy in code, for Node. */
  readonly example?: string;
}

/** Where a check failed, once. */
export interface Finding {
  /** In words, about this server. */
  readonly what: string;
  /** A span's attribute, a header, a line of source. */
  readonly where: string;
  /** The bytes that prove it, sensitive parts replaced. */
  readonly evidence: string;
  /** How to see it again. */
  readonly reproduce: string;
}

/** What became of one check. What could not be tested is never passed. */
export type CheckResult =
  | { readonly check: Check; readonly status: 'passed' }
  | { readonly check: Check; readonly status: 'not-tested'; readonly why: string }
  | { readonly check: Check; readonly status: 'failed'; readonly findings: readonly Finding[] };

import type { CallId, CaseId, SessionId } from './ids.ts';
import type { Who } from './levels.ts';
import type { DecisionAction } from './observation.ts';

/** Of rules and their alerts, mildest first. Source: Sigma. */
export const LEVELS = ['informational', 'low', 'medium', 'high', 'critical'] as const;
export type Level = (typeof LEVELS)[number];

/** A rule matched. It carries its evidence, so that nobody has to query for it later. */
export interface Detection {
  readonly rule: RuleRef;
  /** `seq` of the observation that completed the match. */
  readonly seq: number;
  readonly atMs: number;
  readonly session: SessionId;
  /** In order; the last one completed the match. Empty where it is not about calls. */
  readonly path: readonly PathStep[];
  /** Behind the call that completed the match; absent where it is not about calls. */
  readonly who?: Who;
  /** Values of the group-by fields. */
  readonly group: Readonly<Record<string, string>>;
  /** What the rule wants done. */
  readonly response: DecisionAction | 'alert';
  /** The exception by which nothing came of it. */
  readonly exception?: string;
  /** It is about something of the whole hub: alerts of all sessions are one. */
  readonly everywhere?: true;
}

export interface RuleRef {
  /** Short name, also the file's: `pii-through-code-to-share`. */
  readonly id: string;
  readonly title: string;
  readonly level: Level;
  readonly description: string;
  /** Technique ids: `attack.t1567`, `owasp-mcp.10`, … */
  readonly tags: readonly string[];
  readonly falsePositives: readonly string[];
  /** What to do about it. */
  readonly advice: string;
}

export interface PathStep {
  readonly call: CallId;
  readonly seq: number;
  readonly atMs: number;
  readonly server: string;
  readonly tool: string;
  /** Title of the rule's step that this call matched. */
  readonly step: string;
  /** Fields that made it match, with their values as the log schema shows them. */
  readonly matched: Readonly<Record<string, string>>;
}

/** Detections of one rule on one group, as a person triages them. */
export interface Alert {
  readonly id: string;
  readonly rule: RuleRef;
  readonly session: SessionId;
  readonly title: string;
  readonly status: 'new' | 'ongoing' | 'acknowledged' | 'resolved' | 'dismissed';
  readonly firstMs: number;
  readonly lastMs: number;
  readonly count: number;
  readonly action: DecisionAction;
  readonly wanted: DecisionAction;
  readonly case?: CaseId;
  /** Evidence of the newest detection, stored whole. */
  readonly detection: Detection;
  /** Ledger index of the decision or alert entry, and the checkpoint of that time. */
  readonly ledgerIndex?: number;
  /** Leaf hash of that entry, hexadecimal: a ledger without it is not the one of that time. */
  readonly leafHash?: string;
  readonly checkpoint?: string;
  readonly dismissedReason?: string;
}

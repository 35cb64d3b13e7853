import type { Label } from './labels.ts';
import type { ContentMatches } from './observation.ts';

/** What a definition list said, compared with what is pinned. */
export interface DefinitionFacts {
  readonly tools: readonly ToolDefinitionFacts[];
  /** Keyed digest of all of them. */
  readonly digest?: string;
  /** True when the list was cut by pagination: absence proves nothing then. */
  readonly partial: boolean;
  /** Absent where no content test of a rule was asked. */
  readonly matched?: ContentMatches;
}

export interface ToolDefinitionFacts {
  readonly name: string;
  /** Keyed digest of name, description, schemas and annotations in canonical form. */
  readonly digest: string;
  readonly labels: readonly Label[];
  /** Argument names that the input schema declares: only these may appear on spans. */
  readonly argumentNames: readonly string[];
  /** The schema says that there may be others, or says it in a way that names do not tell. */
  readonly openArguments?: true;
  /** What spoke for a label, also where it was not given; absent: nothing did. */
  readonly why?: readonly LabelReason[];
  /** What the annotations say of the tool, where they say anything. */
  readonly hints?: ToolHints;
  readonly hiddenText: boolean;
  readonly instructionLike: boolean;
  /** Signs of orders to the model that the tool's purpose does not explain; absent: none. */
  readonly poison?: readonly string[];
  /** Keyed digest of what the name looks like: names that pass for one another have one. */
  readonly skeleton?: string;
  /** The same of names that its texts mention; absent: none. */
  readonly mentions?: readonly string[];
  /** Set by the hub: tools of other servers, as `server/tool`, that it speaks of. */
  readonly shadows?: readonly string[];
  /** Set by the hub while it is new or changed: a tool of another server has this name. */
  readonly collision?: NameCollision;
  /** Set by the hub. */
  readonly change?: 'new' | 'same' | 'changed' | 'removed';
  /** Redacted projection of the definition, as JSON text. In the store only. */
  readonly projection?: string;
}

/** MCP's annotations: the server's own word, believed only of servers that the owner trusts. */
export interface ToolHints {
  readonly readOnly?: boolean;
  readonly destructive?: boolean;
}

/** Why a definition speaks for a label, in words for people that are ours alone. */
export interface LabelReason {
  readonly label: Label;
  readonly because: string;
  /** Why it was not given all the same. */
  readonly rejected?: string;
}

/** `same` where the names are equal, `confusable` where one only looks like the other. */
export interface NameCollision {
  readonly kind: 'same' | 'confusable';
  /** As `server/tool`. */
  readonly with: string;
}

export const DEFINITION_WORDS = ['pin', 'approve', 'block'] as const;
export type DefinitionWord = (typeof DEFINITION_WORDS)[number];

/** What the owner has said last of a tool's definition. */
export interface PinnedWord {
  readonly word: DefinitionWord;
  /** Of the definition that it was said of. */
  readonly digest: string;
  readonly by: string;
  readonly reason: string;
  readonly atMs: number;
}

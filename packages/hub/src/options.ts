import type { FailByLabel, Mode, Random } from '@spoor/core';
import type { BaselineOptions } from '@spoor/detect';
import type { Home } from '@spoor/edge';
import type { ClientPlaces } from '@spoor/edge/clients';
import type { Levels } from './decide/levels.ts';
import type { EmbeddingOptions } from './embedding/embedder.ts';

export interface HubOptions {
  readonly home: Home;
  readonly version: string;
  /** Address for people: UI and API. Loopback unless the owner says otherwise. */
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Where denials are real, until the owner has chosen. */
  readonly mode: Mode;
  readonly rulesFolder: string;
  /** Built files of the UI. */
  readonly webPath: string;
  readonly labelsFile?: string;
  /** Rules for secrets, as gitleaks has them, besides Spoor's own. */
  readonly secretRulesFile?: string;
  /** Whom the owner trusts to say who calls. */
  readonly identityTrustFile?: string;
  /** Is the redacted projection kept? */
  readonly project: boolean;
  /** What a sensor waits for a decision. */
  readonly budgetMs: number;
  /** What a call waits for a person. */
  readonly askTimeoutMs: number;
  /** What calls cost, and what may be spent; nothing is counted without it. */
  readonly budgetsFile?: string;
  /** When baselines lock; as the settings have it by default without it. */
  readonly baselines?: BaselineOptions;
  /** Client programs that are trusted to ask their user, by the names of their processes. */
  readonly elicit?: readonly string[];
  /** Where calls go on without hub or ledger, by labels; as the policy's file has it without it. */
  readonly fail?: FailByLabel;
  /** How sure the entry of a call must be before it goes on, by labels; the default without it. */
  readonly levels?: Levels;
  /** Where the texts of prompts are sent for their embeddings; nowhere without it. */
  readonly embedding?: EmbeddingOptions;
  readonly retentionDays: number;
  readonly storeBytesMax: number;
  /** How long sealed content is kept, and how much of it. */
  /** `ledgerDays`: 0 keeps the entries of the ledger for good. */
  readonly vault: {
    readonly days: number;
    readonly bytesMax: number;
    readonly ledgerDays: number;
  };
  /** Where spans go, in the simple form. */
  readonly otlp?: OtlpOptions;
  /** Doors for other people's telemetry, besides the hub's own port. */
  readonly ingest?: IngestOptions;
  /** Door for enrolled sensors of other machines; none without it. */
  readonly remote?: RemoteOptions;
  /** File that names further destinations. */
  readonly destinationsFile?: string;
  /** File that names who is told of alerts. */
  readonly sinksFile?: string;
  /** Share of ordinary spans that are exported, from 0 to 1; all without it. */
  readonly sampleRate?: number;
  /** Where clients keep their configurations; these are not watched without it. */
  readonly clients?: ClientPlaces;
  /** Who vouches for the ledger's length; nobody without it. */
  readonly witness?: WitnessOptions;
  /** How often the ledger says that it is alive; a minute without it. */
  readonly heartbeatMs?: number;
  /** How long a sensor may be gone in the middle of a call; half a minute without it. */
  readonly silentAfterMs?: number;
  readonly random: Random;
  /** One line for the log. */
  readonly say: (line: string) => void;
}

export interface IngestOptions {
  /** Loopback unless the owner says otherwise; elsewhere the token is asked for. */
  readonly host: string;
  /** OTLP over HTTP; 0 takes any free port. */
  readonly port?: number;
  /** OTLP over gRPC; likewise. */
  readonly grpcPort?: number;
}

export interface WitnessOptions {
  /** Which witnesses there are, where, and how many have to agree (C2SP tlog-policy). */
  readonly policyFile: string;
  /** What one request to a witness may take. */
  readonly timeoutMs: number;
}

export interface RemoteOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** The hub makes its own certificate without them. */
  readonly files?: { readonly certificate: string; readonly key: string };
}

export interface OtlpOptions {
  /** Base URL; `/v1/traces` is added where it is missing. */
  readonly endpoint: string;
  /** File of `name: value` lines; secrets never stand on a command line. */
  readonly headersFile?: string;
  /** Do metrics go there, too? */
  readonly metrics?: boolean;
}

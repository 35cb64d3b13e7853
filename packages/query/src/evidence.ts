import type {
  Alert,
  CallDetail,
  InventoryView,
  Label,
  Page,
  ReplayView,
  RulesView,
  SessionDetail,
  SessionView,
  WitnessState,
} from '@spoor/core';
import type { Ask } from './reader.ts';

/** Labels that a session's calls had one after another, each of them in a call of its own. */
export interface ChainQuery {
  readonly steps: readonly Label[];
  /** All of them within. */
  readonly withinMs: number;
  readonly fromMs?: number;
  readonly toMs?: number;
}

/** What rules would have found in what was recorded. */
export interface BacktestQuery {
  /** Id of a rule that is there, or the text of new ones; all that are there where neither is. */
  readonly rule?: string;
  readonly rules?: string;
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly session?: string;
}

/** What an entry of the ledger is worth, worked out from its published files. */
export interface EntryProof {
  readonly index: number;
  readonly leafHash: string;
  /** The leaf's bytes as text (JSON): facts, and digests of content. */
  readonly leaf: string;
  /** Of the checkpoint that it is proved against. */
  readonly size: number;
  readonly origin: string;
  /** C2SP vkey of the log, as the hub says it: compare it with one that was kept elsewhere. */
  readonly verifierKey: string;
  /** Whether others vouch for the log, as the hub says. */
  readonly witness: WitnessState;
  /** `unproved`: the entry is not under that checkpoint, or its signature is not good. */
  readonly state: 'proved' | 'unproved';
  readonly why?: string;
}

/** What only Spoor's own hub knows. Every question throws a `CodedError` where it has no answer. */
export interface EvidenceReader {
  /** @param before cursor: `next` of the page before */
  sessions(limit: number, before: string | undefined, ask: Ask): Promise<Page<SessionView>>;
  /** @returns undefined where there is no such session; likewise below */
  session(id: string, ask: Ask): Promise<SessionDetail | undefined>;
  call(id: string, ask: Ask): Promise<CallDetail | undefined>;
  alerts(status: 'open' | 'all', limit: number, ask: Ask): Promise<Page<Alert>>;
  alert(id: string, ask: Ask): Promise<Alert | undefined>;
  chain(query: ChainQuery, ask: Ask): Promise<ReplayView>;
  rules(ask: Ask): Promise<RulesView>;
  backtest(query: BacktestQuery, ask: Ask): Promise<ReplayView>;
  entry(index: number, ask: Ask): Promise<EntryProof | undefined>;
  inventory(ask: Ask): Promise<InventoryView>;
}

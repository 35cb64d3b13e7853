/**
 * What the hub's HTTP API says, version 1. The UI and the command line read these shapes and no
 * others.
 *
 * All routes are under `/api/v1`, answer JSON, and need the session cookie or `Authorization:
 * Bearer`. Errors are RFC 9457 problem documents: {@link Problem}. A POST with the cookie needs the
 * header `X-Spoor-Csrf` with the token of {@link LoginView}; only the login itself does without.
 *
 * POST /api/v1/login        {code}             LoginView          the code works once
 * GET  /api/v1/login                           LoginView          with a valid cookie
 * GET  /api/v1/hub                             HubView
 * GET  /api/v1/health                          HealthView
 * GET  /api/v1/sessions?before=&limit=&identity=&sort=  Page<SessionView>  newest first
 * GET  /api/v1/sessions/:id                    SessionDetail
 * GET  /api/v1/calls/:id                       CallDetail
 * GET  /api/v1/alerts?status=open|all&limit=&identity=&sort=  Page<Alert>
 * GET  /api/v1/alerts/:id                      Alert
 * POST /api/v1/alerts/:id   {status, reason?}  Alert              `new` opens it again
 * GET  /api/v1/cases/:case                     CaseView
 * POST /api/v1/cases/:case/allow  {}           CaseView           allows that very call once
 * GET  /api/v1/rules                           RulesView
 * POST /api/v1/rules/replay  {rule?, rules?, against?, fromMs?, toMs?, session?} ReplayView
 * GET  /api/v1/asks?identity=&sort=            {rows: AskView[]}  calls that wait for a person
 * POST /api/v1/asks/:case   {answer, digest}   AnswerView         answer is `approve` or `deny`
 * GET  /api/v1/stops                           {rows: StopView[]} what is stopped
 * POST /api/v1/stops    {kind, value?, reason?, who?}  StopView
 * POST /api/v1/stops/:case/resume  {reason?, who?}  StopView      what was stopped
 * GET  /api/v1/sinks                           {rows: SinkView[]} who is told of alerts
 * POST /api/v1/sinks/test   {name}             {status, why?}     one try, past the queue
 * POST /api/v1/sinks/retry  {name}             {revived}          what was refused, once more
 * GET  /api/v1/exceptions                      ExceptionsView
 * POST /api/v1/exceptions  {exception, who?}   ExceptionView      as in the owner's file
 * POST /api/v1/exceptions/:id/remove  {reason?, who?}  ExceptionView
 * POST /api/v1/enforce  {mode, rule?, server?, ask?, shadow?} PolicyView
 * GET  /api/v1/inventory                       InventoryView
 * POST /api/v1/definitions  {server, tool, word, digest, reason?, who?}  PinView
 * GET  /api/v1/labels                          LabelsView
 * POST /api/v1/labels/reload  {}               LabelsView         reads the owner's file anew
 * GET  /api/v1/live                            event stream of LiveEvent, resumes on Last-Event-ID
 * GET  /api/v1/ledger                          LedgerView
 * GET  /api/v1/baselines                       { rows: BaselineSummary[] }
 * GET  /api/v1/baselines?server=&tool=         BaselineView
 * POST /api/v1/baselines  {server, tool, action, forget?, locksItself?} BaselineView
 *                                              action is `lock` or `relearn`
 * GET  /api/v1/budgets                         { rows: BudgetView[] }
 * GET  /api/v1/sensors                         { rows: SensorView[] }
 * POST /api/v1/sensors/code                    { name?, minutes?, host? } → RemoteCodeView
 * POST /api/v1/sensors/:name/revoke            SensorView
 * GET  /api/v1/traces?server=&fromMs=&toMs=&limit=  TraceListView  newest first
 * GET  /api/v1/traces/:trace                   TraceView
 * GET  /metrics                                  Prometheus' text format
 * GET  /ledger/…                               C2SP tlog-tiles: checkpoint, tile/…
 *
 * `identity` is a level; `sort=identity` puts the least proved first.
 * `before` is a cursor, of the same order as the page.
 * Live events are named by `type`; their `id:` counts up.
 */

import type { LabelReason, NameCollision, PinnedWord } from './definitions.ts';
import type { Alert, RuleRef } from './detection.ts';
import type { Exception } from './exception.ts';
import type { Label } from './labels.ts';
import type { IdentityLevel } from './levels.ts';
import type { Decision, Mode, Observation } from './observation.ts';
import type { DestinationView } from './outward.ts';
import type { FailByLabel } from './policy.ts';
import type { SealedPart } from './sealed.ts';
import type { Span } from './span.ts';
import type { Stop } from './stop.ts';

/** Traces that have calls in a time. */
export interface TraceListView {
  readonly traces: readonly string[];
  /** False where there is more in that time than was looked at: the newest was. */
  readonly complete: boolean;
}

/** A trace as it is exported, whether or not it was sampled. */
export interface TraceView {
  readonly trace: string;
  readonly spans: readonly SpanView[];
  /** There are more spans than these. */
  readonly partial: boolean;
}

export interface SpanView extends Span {
  readonly server: string;
  /** Asked for, and not ended. */
  readonly pending: boolean;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** Cursor of the next page; absent on the last. */
  readonly next?: string;
}

/** RFC 9457. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly code: string;
  readonly hint?: string;
}

export interface LoginView {
  /** Anti-forgery token of this log-in. */
  readonly csrf: string;
}

export interface HubView {
  readonly version: string;
  readonly startedMs: number;
  readonly policy: PolicyView;
  /** Same-user installs cannot be defended against the user's own processes, and say so. */
  readonly evidence: 'same-user' | 'system';
  readonly counts: Readonly<Record<string, number>>;
  readonly calls24h: number;
  readonly rules: number;
  readonly ruleProblems: number;
  readonly newestCallMs?: number;
  /** Is content sealed to an auditor, or kept as facts and projection only? */
  readonly sealing: boolean;
  readonly sensors: number;
  readonly destinations: readonly DestinationView[];
  /** Where telemetry of others may be sent, besides `/v1/traces` of the hub itself. */
  readonly ingest: { readonly http?: string; readonly grpc?: string };
  /** Instrumentations that were seen to put content on spans. */
  readonly leaks: readonly LeakView[];
  /** What wrappers and gateways say that they have counted; those that run first. */
  readonly reports: readonly ReportView[];
  /** What is stopped now, newest first. */
  readonly stops: readonly StopView[];
}

export interface ExceptionsView {
  readonly rows: readonly ExceptionView[];
  /** What of the file is no exception, and why. */
  readonly problems: readonly string[];
}

export interface ExceptionView extends Exception {
  /** Who made it: the owner of this hub, or the author of the rule. */
  readonly by: 'owner' | 'rule';
  /** Ignored. */
  readonly expired: boolean;
  /** More than one tool, set of arguments or some destinations pass by it. */
  readonly broad: boolean;
  /** Since the hub began. */
  readonly uses: number;
  readonly lastUsedMs?: number;
}

/** A stop, as people see it. */
export interface StopView extends Omit<Stop, 'hosts'> {
  /** Calls that it has denied since the hub began. */
  readonly denied: number;
}

/** Counts of one sensor, as it says itself. */
export interface ReportView {
  readonly kind: 'wrapper' | 'gateway' | 'intent' | 'hook' | 'in-process';
  /** The servers that it stands in front of. */
  readonly about: string;
  /** The enrolled machine on which it runs; absent here. */
  readonly node?: string;
  readonly running: boolean;
  readonly lastMs: number;
  readonly counts: Readonly<Record<string, number>>;
}

export interface LeakView {
  /** Name and version of the instrumentation. */
  readonly instrumentation: string;
  readonly attributes: readonly string[];
  readonly spans: number;
}

export interface HealthView {
  /** False where a destination does not take what it is sent, or witnesses do not vouch. */
  readonly ok: boolean;
  readonly destinations: readonly DestinationView[];
  readonly witness: Pick<WitnessView, 'state' | 'ageMs'>;
}

export interface PolicyView {
  readonly mode: Mode;
  readonly rules: Readonly<Record<string, Mode>>;
  readonly servers: Readonly<Record<string, Mode>>;
  readonly ask?: readonly string[];
  readonly shadow?: readonly string[];
  readonly fail?: FailByLabel;
}

/** A call that waits for a person. */
export interface AskView {
  readonly case: string;
  readonly call: string;
  readonly session: string;
  readonly agent: string;
  readonly level: IdentityLevel;
  readonly server: string;
  readonly tool: string;
  readonly labels: readonly Label[];
  readonly rule: RuleRef | undefined;
  /** In plain words. */
  readonly why: readonly string[];
  /** Keyed digest of the exact arguments: the answer holds for these and no others. */
  readonly digest: string;
  /** Redacted projection of the arguments, as JSON text. */
  readonly projection?: string;
  readonly askedMs: number;
  /** Unanswered by then, it is denied. */
  readonly expiresMs: number;
}

/** What became of a call that waited. */
export interface AnswerView {
  readonly case: string;
  readonly decision: Decision;
}

export interface SessionView {
  readonly id: string;
  readonly agent: string;
  /** The least proved of its calls. */
  readonly level: IdentityLevel;
  readonly startMs: number;
  readonly lastMs: number;
  readonly servers: readonly string[];
  readonly calls: number;
  readonly denied: number;
  readonly alerts: number;
  readonly worst?: RuleRef['level'];
  /** Redacted projection of the newest intent. */
  readonly intent?: string;
}

export interface SessionDetail {
  readonly session: SessionView;
  /** In `seq` order, without atoms; `facts.*.projection` left out (see CallDetail). */
  readonly observations: readonly Observation[];
  readonly alerts: readonly Alert[];
  /** True when only the newest part is here. */
  readonly partial: boolean;
}

export interface CallDetail {
  /** Without atoms. */
  readonly observation: Observation;
  readonly ledger: readonly CallEntry[];
  readonly alerts: readonly Alert[];
}

/** One ledger entry about a call. */
export interface CallEntry {
  readonly index: number;
  readonly leafHash: string;
  readonly kind: string;
  /** The leaf's bytes as text (JSON). */
  readonly leaf: string;
  readonly state: 'sequenced' | 'integrated' | 'published' | 'witnessed';
  /** What became of the sealed content that came with it. */
  readonly content?: readonly {
    readonly part: SealedPart;
    readonly state: 'sealed' | 'shredded' | 'missing';
  }[];
}

export interface CaseView {
  readonly case: string;
  readonly observation: Observation;
  readonly alert?: Alert;
  readonly rule?: RuleRef;
  /** In plain words. */
  readonly why: readonly string[];
  readonly allowedOnce: boolean;
  readonly expiresMs: number;
}

export interface RuleView extends RuleRef {
  readonly path: string;
  readonly response: string;
  /** Its denial is a question to a person instead. */
  readonly asks?: boolean;
  readonly mode: Mode;
  readonly matches24h: number;
  readonly source: string;
  /** It is no file, and decides no call: Spoor raises it itself. */
  readonly builtIn?: true;
}

export interface RulesView {
  readonly rules: readonly RuleView[];
  readonly builtIn: readonly RuleView[];
  readonly problems: readonly RuleProblemView[];
}

export interface RuleProblemView {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly code: string;
  readonly message: string;
}

export interface ServerView {
  readonly name: string;
  readonly transport: string;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly tools: readonly ToolView[];
}

/** What the configurations of MCP clients say. */
export interface ClientsView {
  /** False where watching them is switched off: then nothing is known. */
  readonly watched: boolean;
  readonly servers: readonly ConfiguredServer[];
  /** Files that are there and could not be looked at. */
  readonly unreadable: readonly {
    readonly client: string;
    readonly file: string;
    readonly why: string;
  }[];
}

/** A server as a client is configured to use it. */
export interface ConfiguredServer {
  readonly client: string;
  readonly file: string;
  readonly name: string;
  /** The part of the file it is for, such as a project's folder. */
  readonly within?: string;
  /**
   * `bare` starts without Spoor; `remote` is reached by address; `off` is switched off in the
   * client; `unknown` is not understood.
   */
  readonly state: 'wrapped' | 'bare' | 'remote' | 'off' | 'unknown';
}

export interface InventoryView {
  readonly servers: readonly ServerView[];
  readonly clients: ClientsView;
}

/** What is pinned of a tool's definition. */
export interface PinView {
  /** Of the definition that is there now. */
  readonly digest: string;
  readonly pinned: string;
  /** Its calls are denied in `enforce`, by the rule `blocked-definition`. */
  readonly blocked: boolean;
  readonly said?: PinnedWord;
  /** Redacted projection of what is pinned, where another definition is there. */
  readonly before?: string;
}

/** Who says that a tool has a label, or has it not, and by what. */
export interface LabelSource extends LabelReason {
  readonly from: 'owner' | 'annotation' | 'definition' | 'observed';
}

/** Where the owner's labels are kept. */
export interface LabelsView {
  readonly file: string;
  readonly entries: number;
  /** Globs of servers whose annotations are believed. */
  readonly trusted: readonly string[];
}

export interface ToolView {
  readonly name: string;
  readonly labels: readonly Label[];
  /** Where each of them comes from, and what spoke for others. */
  readonly sources: readonly LabelSource[];
  readonly change: string;
  readonly pin: PinView;
  /** Tools of other servers, as `server/tool`, that its definition speaks of. */
  readonly shadows?: readonly string[];
  readonly collision?: NameCollision;
  readonly calls24h: number;
  /** Redacted projection of the definition. */
  readonly definition?: string;
}

/**
 * `off`: none are configured. `waiting`: none have answered yet. `reached`: a quorum has cosigned
 * lately. `lost`: the quorum has been missing for some time. `refused`: a witness knows another
 * history of this ledger.
 */
export type WitnessState = 'off' | 'waiting' | 'reached' | 'lost' | 'refused';

export interface WitnessView {
  readonly state: WitnessState;
  /** Entries that a quorum has cosigned. */
  readonly size: number;
  /** When it last did. */
  readonly cosignedMs?: number;
  readonly ageMs?: number;
  /** Their keys and who has to agree (C2SP tlog-policy), without addresses. */
  readonly policy?: string;
  readonly witnesses: readonly {
    /** Of its key. */
    readonly name: string;
    readonly url?: string;
    /** Of its last answer. */
    readonly status: 'none' | 'cosigned' | 'ahead' | 'split' | 'unknown' | 'later';
    readonly why?: string;
    /** What it holds. */
    readonly size?: number;
    readonly timeMs?: number;
  }[];
}

export interface LedgerView {
  readonly origin: string;
  readonly size: number;
  /** The signed note, as published. */
  readonly checkpoint: string;
  /** C2SP vkey of the log. */
  readonly verifierKey: string;
  readonly path: string;
  readonly published: boolean;
  readonly witness: WitnessView;
}

/** Answer to a request for an enrolment code; the code is shown this once. */
export interface RemoteCodeView {
  readonly name: string;
  readonly untilMs: number;
  readonly code: string;
}

/** A machine that is enrolled. */
export interface SensorView {
  readonly name: string;
  /** How far it is proved what its sensors say of who calls, where they have no other evidence. */
  readonly level: IdentityLevel;
  /** SHA-256 of its public key. */
  readonly key: string;
  readonly enrolledMs: number;
  readonly lastSeenMs?: number;
  readonly connections: number;
}

export type LiveEvent =
  | { readonly type: 'observation'; readonly observation: Observation }
  | { readonly type: 'alert'; readonly alert: Alert }
  | { readonly type: 'policy'; readonly policy: PolicyView }
  /** All that wait now. */
  | { readonly type: 'asks'; readonly asks: readonly AskView[] }
  | { readonly type: 'checkpoint'; readonly size: number };

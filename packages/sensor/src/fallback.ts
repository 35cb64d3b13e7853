import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type CallId,
  type CaseId,
  type ContentAsked,
  type Decision,
  effectiveMode,
  FAIL_CLOSED,
  failsClosed,
  hasAny,
  type Label,
  type Mode,
  newCaseId,
  newSessionId,
  newTraceId,
  type Observation,
  type Policy,
  type Random,
  READING_LABELS,
  SENSITIVE_LABELS,
  type SessionId,
  type SpanId,
  stopped,
  type TraceId,
} from '@spoor/core';
import {
  askedBy,
  classifyTool,
  compileRules,
  createDetector,
  type Detector,
  hostToolLabels,
  type RuleSet,
} from '@spoor/detect';
import type { Begun, Sensed } from '@spoor/edge/wire';

/**
 * How a sensor decides when no hub answers: the same rules over what this one connection has seen.
 */
export class Fallback {
  readonly #random: Random;
  readonly #server: string;
  readonly #hook: boolean;
  readonly #rulesFolder: string;
  readonly #session: SessionId;
  readonly #trace: TraceId;
  readonly #mode: (() => Mode) | undefined;
  #rules: Promise<RuleSet> | undefined;
  #detector: Promise<Detector> | undefined;
  #policy: Policy;
  /** Case of the call by which a rule put this connection aside. */
  #aside: CaseId | undefined;
  #seq = 0;

  constructor(options: {
    readonly server: string;
    /** Tools that no server defines. */
    readonly hook: boolean;
    readonly rulesFolder: string;
    readonly random: Random;
    readonly nowMs: number;
    readonly policy: Policy;
    readonly mode?: Mode;
  }) {
    this.#server = options.server;
    this.#hook = options.hook;
    this.#rulesFolder = options.rulesFolder;
    this.#random = options.random;
    this.#session = newSessionId(options.nowMs, options.random);
    this.#trace = newTraceId(options.random);
    this.#policy = options.policy;
    const { mode } = options;
    this.#mode = mode === undefined ? undefined : () => mode;
  }

  /** A hub has said so: what was put aside while there was none is its matter now. */
  setPolicy(policy: Policy): void {
    this.#policy = policy;
    this.#aside = undefined;
    void this.#detector?.then((detector) => detector.setPolicy(policy)).catch(() => undefined);
  }

  async decide(sensed: Sensed, known: readonly Label[] | undefined): Promise<Begun> {
    const labels = known ?? this.#labels(sensed.tool);
    const detector = await this.#load();
    const mode = this.#mode?.() ?? effectiveMode(this.#policy, '', this.#server);
    if (this.#aside !== undefined)
      return { decision: stopped(this.#aside, 'sensor'), labels, hold: false };
    const { decision } = detector.step(this.#observation(sensed, labels), this.#own);
    if (decision.action === 'defer') this.#aside = decision.case;
    const isClosed = failsClosed(this.#policy, labels);
    const closed = decision.wanted === 'allow' && isClosed;
    const opened = decision.wanted === 'allow' && hasAny(labels, SENSITIVE_LABELS);
    return {
      decision: {
        ...(closed ? this.#failClosed(mode) : unasked(decision)),
        ...(opened && !closed ? { reason: 'fail-open' } : {}),
        by: 'sensor',
      },
      labels,
      hold: hasAny(labels, READING_LABELS) || (await this.#masksResults()),
    };
  }

  #labels(tool: string | undefined): readonly Label[] {
    if (tool === undefined) return [];
    return this.#hook ? hostToolLabels(tool) : classifyTool({ name: tool }).labels;
  }

  /** What may be done with the result. */
  async ended(sensed: Sensed, labels: readonly Label[]): Promise<Decision> {
    const detector = await this.#load();
    return detector.step(this.#observation(sensed, labels), this.#own).decision;
  }

  /** The connection's own mode, where it has one; else each rule has its own. */
  get #own(): { readonly mode?: Mode } {
    const mode = this.#mode?.();
    return mode === undefined ? {} : { mode };
  }

  async #masksResults(): Promise<boolean> {
    const { rules } = await this.#compiled();
    return rules.some(({ mask }) => mask?.result !== undefined);
  }

  /**
   * What must not go wrong unseen does not go on without the hub; in `observe` that is only noted.
   */
  #failClosed(mode: Mode): Decision {
    const action = mode === 'enforce' ? 'deny' : 'allow';
    return { ...FAIL_CLOSED, action, case: newCaseId(this.#random), mode };
  }

  /** Rejects where the rules cannot be read. */
  async asked(): Promise<ContentAsked | undefined> {
    return askedBy((await this.#compiled()).content);
  }

  #compiled(): Promise<RuleSet> {
    this.#rules ??= loadRules(this.#rulesFolder).then((files) => compileRules(files).rules);
    return this.#rules;
  }

  #load(): Promise<Detector> {
    this.#detector ??= this.#compiled().then((rules) =>
      createDetector({
        rules,
        policy: this.#policy,
        newCase: () => newCaseId(this.#random),
      }),
    );
    return this.#detector;
  }

  #observation(sensed: Sensed, labels: readonly Label[]): Observation {
    return {
      id: sensed.id as CallId,
      seq: ++this.#seq,
      kind: sensed.kind,
      time: { startMs: sensed.startMs, hubMs: sensed.endMs ?? sensed.startMs },
      server: { name: this.#server, transport: 'stdio' },
      ...(sensed.tool === undefined ? {} : { tool: { name: sensed.tool, labels } }),
      method: sensed.method,
      era: sensed.era,
      principal: { level: 'unverified', pseudonym: '', agent: 'unknown', evidence: [] },
      session: { id: this.#session, episode: 1 },
      trace: {
        trace: this.#trace,
        span: sensed.span as SpanId,
        sampled: { keep: true, reason: 'base' },
      },
      cause: sensed.cause,
      facts: {
        ...(sensed.request === undefined ? {} : { request: sensed.request }),
        ...(sensed.result === undefined ? {} : { result: sensed.result }),
        flows: [],
      },
      outcome: sensed.outcome,
      covered: false,
    };
  }
}

/** Without a hub nobody can be asked, and silence is no consent. */
const unasked = (decision: Decision): Decision =>
  decision.action === 'ask' ? { ...decision, action: 'deny', reason: 'no-approver' } : decision;

async function loadRules(folder: string): Promise<{ path: string; text: string }[]> {
  const names = await readdir(folder, { recursive: true });
  const rules = names.filter((name) => name.endsWith('.yml')).sort();
  return Promise.all(
    rules.map(async (path) => ({ path, text: await readFile(join(folder, path), 'utf8') })),
  );
}

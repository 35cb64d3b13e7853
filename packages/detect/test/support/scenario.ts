import {
  type CallId,
  type CaseId,
  type ContentFacts,
  type Observation,
  type Outcome,
  type Policy,
  type SessionId,
  type SipKey,
  type SpanId,
  sipHash,
  type TraceId,
} from '@spoor/core';
import {
  classifyTool,
  createDetector,
  type Detector,
  examine,
  intentCluster,
  type RuleSet,
  type Step,
  type ToolDefinition,
} from '../../src/index.ts';
import { examineContent } from '../../src/sense.ts';
import { readCall, readPrompt, readResult } from '../../src/wording/read.ts';
import { packWording, type Wording } from '../../src/wording/wording.ts';

export const KEY: SipKey = [1, 2, 3, 4];
export const digest = (text: string): string => sipHash(KEY, text);
export const START_MS = 1_800_000_000_000;
export const ENFORCE: Policy = { mode: 'enforce', rules: {}, servers: {} };
export const OBSERVE: Policy = { mode: 'observe', rules: {}, servers: {} };

export function facts(content: unknown, role: 'arguments' | 'result' | 'intent'): ContentFacts {
  const bytes = new TextEncoder().encode(JSON.stringify(content)).length;
  return examine(content, bytes, { key: KEY, digest, role });
}

/** An MCP tool result with one text. */
export const text = (content: string): unknown => ({ content: [{ type: 'text', text: content }] });

export function detectorOf(rules: RuleSet, policy: Policy = ENFORCE): Detector {
  let cases = 0;
  return createDetector({ rules, policy, newCase: () => `c-case${cases++}` as CaseId });
}

export function stepAll(detector: Detector, observations: readonly Observation[]): readonly Step[] {
  return observations.map((observation) => detector.step(observation));
}

/** One line of a trace. */
type Line = Partial<Observation> & {
  readonly content?: Readonly<Partial<Record<'request' | 'result' | 'definition', unknown>>>;
};

/** Writes observations of one session, as a hub would have admitted them. */
export class Scenario {
  readonly observations: Observation[] = [];
  readonly #session: SessionId;
  #nowMs: number;
  #calls = 0;
  #keeps = false;
  #compares = false;
  #follows = false;

  constructor(session = 's1', startMs: number = START_MS) {
    this.#session = session as SessionId;
    this.#nowMs = startMs;
  }

  wait(ms: number): this {
    this.#nowMs += ms;
    return this;
  }

  /** From here on lines hold their content, for rules that ask for it. */
  withContent(): this {
    this.#keeps = true;
    return this;
  }

  /** From here on words are compared: what results ask for, and what is done. */
  withWording(): this {
    this.#compares = true;
    return this;
  }

  /** From here on passages, and parts of values, are followed. */
  withPassages(): this {
    this.#follows = true;
    return this;
  }

  #facts(content: unknown, role: 'arguments' | 'result' | 'intent'): ContentFacts {
    if (!this.#follows) return facts(content, role);
    const bytes = new TextEncoder().encode(JSON.stringify(content)).length;
    const keys = { print: KEY, digest, definitionDigest: digest, short: digest };
    return examineContent(content, bytes, role, { keys, project: true });
  }

  #worded(facts: ContentFacts, read: () => Wording): ContentFacts {
    return this.#compares ? { ...facts, wording: packWording(read()) } : facts;
  }

  prompt(words: string): this {
    const request = this.#worded(this.#facts(words, 'intent'), () => readPrompt(KEY, words));
    const intent = { cluster: intentCluster(words, KEY), covers: 'unknown' } as const;
    return this.#add({
      kind: 'intent',
      method: '',
      intent,
      facts: { request, flows: [] },
      outcome: 'ok',
    });
  }

  /** A call that is asked for and ends. */
  call(
    server: string,
    tool: ToolDefinition,
    args: unknown,
    result: unknown = text('done'),
    tookMs = 100,
    outcome: Outcome = 'ok',
  ): this {
    const request = this.#worded(this.#facts(args, 'arguments'), () => readCall(KEY, tool, args));
    const call = {
      kind: 'tool.call',
      method: 'tools/call',
      server: { name: server, transport: 'stdio' },
      tool: { name: tool.name, labels: classifyTool(tool).labels },
    } as const;
    const asked = this.#keeps ? { content: { request: args } } : {};
    this.#add({ ...call, facts: { request, flows: [] }, outcome: 'pending', ...asked });
    this.wait(tookMs);
    const answered = outcome === 'denied' ? {} : { result };
    const told = (): ContentFacts =>
      this.#worded(this.#facts(result, 'result'), () => readResult(KEY, result));
    const ended = outcome === 'denied' ? {} : { result: told() };
    const content = this.#keeps ? { content: { request: args, ...answered } } : {};
    this.#calls--;
    return this.#add({ ...call, facts: { request, ...ended, flows: [] }, outcome, ...content });
  }

  /** The newest call or message as it is, but for what is given here: both of its lines. */
  but(part: Partial<Observation>): this {
    const id = this.observations.at(-1)?.id;
    for (const [at, one] of this.observations.entries())
      if (one.id === id) this.observations[at] = { ...one, ...part };
    return this;
  }

  /** The newest line as it is, but for what is given here. */
  last(part: Partial<Observation>): this {
    const one = this.observations.pop();
    if (one) this.observations.push({ ...one, ...part });
    return this;
  }

  /** A question of the server to the model or the user. */
  asks(kind: 'sampling.request' | 'elicitation.request', server: string, params: unknown): this {
    const method = kind === 'sampling.request' ? 'sampling/createMessage' : 'elicitation/create';
    return this.#add({
      kind,
      method,
      era: 'legacy',
      server: { name: server, transport: 'stdio' },
      cause: { kind: 'server', evidence: 'containment' },
      facts: { request: facts(params, 'arguments'), flows: [] },
      outcome: 'pending',
      ...(this.#keeps ? { content: { request: params } } : {}),
    });
  }

  /** A call that was stopped before it reached the server. */
  denied(server: string, tool: ToolDefinition, args: unknown): this {
    return this.call(server, tool, args, undefined, 1, 'denied');
  }

  /** Goes on with what other sessions did. */
  join(other: Scenario): this {
    for (const one of other.observations)
      this.observations.push({ ...one, seq: this.observations.length + 1 });
    return this;
  }

  add(observation: Line): this {
    return this.#add(observation);
  }

  #add(part: Line): this {
    const at = this.#nowMs;
    this.#calls++;
    const base: Observation = {
      id: `${this.#session}-call-${this.#calls}` as CallId,
      seq: this.observations.length + 1,
      kind: 'system',
      time: { startMs: at, hubMs: at },
      server: { name: 'host', transport: 'stdio' },
      method: '',
      era: 'modern',
      principal: { level: 'unverified', pseudonym: 'p1', agent: 'client', evidence: ['process'] },
      session: { id: this.#session, episode: 1 },
      trace: {
        trace: '0af7651916cd43dd8448eb211c80319c' as TraceId,
        span: 'b7ad6b7169203331' as SpanId,
        sampled: { keep: true, reason: 'base' },
      },
      cause: { kind: 'unknown', evidence: 'none' },
      facts: { flows: [] },
      outcome: 'ok',
      covered: true,
    };
    this.observations.push({ ...base, ...part });
    return this;
  }
}

import {
  intentCluster,
  type JsonObject,
  type Label,
  newCaseId,
  newSessionId,
  newSpanId,
  newTraceId,
  OBSERVE,
  type Observation,
  type ObservationKind,
  type Random,
  type Response,
  type Sensed,
  type SessionId,
  type SpanId,
  sipHash,
  sipKey,
  type TraceId,
} from '@spoor/core';
import { createDetector, type Detector, type Step } from '../engine/detector.ts';
import { askedBy } from '../rules/content.ts';
import { type ContentMatcher, contentMatcher } from '../rules/match-content.ts';
import type { RuleSet } from '../rules/types.ts';
import {
  NO_CAUSE,
  type SenseContext,
  type SenseKeys,
  senseIntent,
  senseRequest,
  senseResponse,
} from '../sense.ts';
import { classifyTool, type ToolDefinition } from '../tool/classify.ts';
import type { Labeler } from '../tool/labeler.ts';

export interface PlayerOptions {
  readonly rules: RuleSet;
  readonly labeler: Labeler;
  readonly random: Random;
  readonly nowMs: () => number;
}

/** One call as a recording has it: with its content. */
export interface PlayedCall {
  readonly server: string;
  readonly tool: string;
  readonly args: unknown;
}

export interface PlayedResult {
  readonly text: string;
  readonly failed: boolean;
}

interface Played {
  readonly id: SessionId;
  readonly trace: TraceId;
  readonly catalog: ReadonlyMap<string, ToolDefinition>;
  prompts: number;
  /** Of the newest prompt. */
  cluster: string;
  open: { readonly call: PlayedCall; readonly sensed: Sensed } | undefined;
}

/**
 * Plays recorded sessions, content and all, through what live traffic goes through: the same
 * reading, the same rules. Sessions may be interleaved; within one, a call ends before the next.
 */
export class Player {
  readonly #options: PlayerOptions;
  readonly #detector: Detector;
  readonly #keys: SenseKeys;
  readonly #content: ContentMatcher;
  readonly #sessions = new Map<string, Played>();
  #seq = 0;

  constructor(options: PlayerOptions) {
    this.#options = options;
    this.#keys = keysOf(options.random);
    this.#content = contentMatcher(askedBy(options.rules.content));
    this.#detector = createDetector({
      rules: options.rules,
      policy: OBSERVE,
      newCase: () => newCaseId(options.random),
    });
  }

  /** Begins a session, over what is left of one that had its name. */
  start(name: string, tools: readonly ToolDefinition[]): void {
    this.#sessions.set(name, {
      id: newSessionId(this.#options.nowMs(), this.#options.random),
      trace: newTraceId(this.#options.random),
      catalog: new Map(tools.map((tool) => [tool.name, tool])),
      prompts: 0,
      cluster: '',
      open: undefined,
    });
  }

  end(name: string): void {
    this.#sessions.delete(name);
  }

  /** What the user said. */
  prompt(name: string, text: string): Step {
    const session = this.#session(name);
    session.prompts++;
    session.cluster = intentCluster(text, this.#keys.print);
    const nowMs = this.#options.nowMs();
    const { random } = this.#options;
    const intent = senseIntent(text, this.#context(nowMs));
    const sensed: Sensed = {
      ...senseRequest(request('', {}), 'intent', 0, NO_CAUSE, this.#context(nowMs)),
      method: '',
      request: intent,
      outcome: 'ok',
      endMs: nowMs,
      span: newSpanId(random),
    };
    return this.#step(session, { server: '', tool: '', args: {} }, sensed);
  }

  /** What a server says that its tools are. */
  list(name: string, server: string, tools: readonly ToolDefinition[]): Step {
    const session = this.#session(name);
    const begun = this.#request('tools/list', 'tool.list', {}, new Map());
    const response: Response = { kind: 'response', id: 1, result: { tools: [...tools] } };
    const bytes = JSON.stringify(tools).length;
    const context = this.#context(this.#options.nowMs());
    const sensed = senseResponse(begun, response, bytes, context);
    return this.#step(session, { server, tool: '', args: {} }, sensed);
  }

  /** A call that is asked for. Returns what the rules say of it. */
  call(name: string, call: PlayedCall): Step {
    const session = this.#session(name);
    const params = { name: call.tool, arguments: call.args ?? {} };
    const described = session.catalog.get(call.tool)?.description;
    const descriptions = new Map(described === undefined ? [] : [[call.tool, described]]);
    const sensed = this.#request('tools/call', 'tool.call', params, descriptions);
    session.open = { call, sensed };
    return this.#step(session, call, sensed);
  }

  /** The answer to the session's open call. */
  result(name: string, { text, failed }: PlayedResult): Step | undefined {
    const session = this.#session(name);
    const { open } = session;
    if (open === undefined) return undefined;
    session.open = undefined;
    const content = [{ type: 'text', text }];
    const response: Response = {
      kind: 'response',
      id: 1,
      result: failed ? { content, isError: true } : { content },
    };
    const sensed = senseResponse(
      open.sensed,
      response,
      text.length,
      this.#context(this.#options.nowMs()),
    );
    return this.#step(session, open.call, sensed);
  }

  #request(
    method: string,
    kind: ObservationKind,
    params: JsonObject,
    descriptions: Map<string, string>,
  ): Sensed {
    const bytes = JSON.stringify(params).length;
    const context = { ...this.#context(this.#options.nowMs()), descriptions };
    return senseRequest(request(method, params), kind, bytes, NO_CAUSE, context);
  }

  #context(nowMs: number): SenseContext {
    const { random } = this.#options;
    return { keys: this.#keys, project: false, content: this.#content, random, nowMs };
  }

  /** A recording may begin anywhere. */
  #session(name: string): Played {
    const session = this.#sessions.get(name);
    if (session !== undefined) return session;
    this.start(name, []);
    return this.#session(name);
  }

  #step(session: Played, call: PlayedCall, sensed: Sensed): Step {
    return this.#detector.step(this.#observation(session, call, sensed));
  }

  #observation(session: Played, call: PlayedCall, sensed: Sensed): Observation {
    const { startMs, endMs } = sensed;
    const asked = session.prompts > 0;
    return {
      id: sensed.id as Observation['id'],
      seq: ++this.#seq,
      kind: sensed.kind,
      time: { startMs, ...(endMs === undefined ? {} : { endMs }), hubMs: endMs ?? startMs },
      server: { name: call.server, transport: 'unknown' },
      ...(sensed.tool === undefined
        ? {}
        : { tool: { name: sensed.tool, labels: this.#labels(session, call) } }),
      method: sensed.method,
      era: sensed.era,
      principal: { level: 'unverified', pseudonym: '', agent: 'unknown', evidence: [] },
      session: { id: session.id, episode: Math.max(1, session.prompts) },
      trace: {
        trace: session.trace,
        span: sensed.span as SpanId,
        sampled: { keep: true, reason: 'base' },
      },
      cause: asked ? { kind: 'user', evidence: 'intent' } : sensed.cause,
      ...(asked ? { intent: { cluster: session.cluster, covers: 'unknown' } } : {}),
      facts: {
        ...(sensed.request === undefined ? {} : { request: sensed.request }),
        ...(sensed.result === undefined ? {} : { result: sensed.result }),
        ...(sensed.definitions === undefined ? {} : { definitions: sensed.definitions }),
        flows: [],
      },
      outcome: sensed.outcome,
      ...(sensed.errorType === undefined ? {} : { errorType: sensed.errorType }),
      covered: true,
    };
  }

  #labels(session: Played, { server, tool }: PlayedCall): readonly Label[] {
    const definition = session.catalog.get(tool) ?? { name: tool };
    return this.#options.labeler(server, tool, classifyTool(definition));
  }
}

const request = (method: string, params: JsonObject) =>
  ({ kind: 'request', id: 1, method, params }) as const;

/** Keys that live as long as the player: nothing it says outlives it. */
function keysOf(random: Random): SenseKeys {
  const print = sipKey(random.bytes(16));
  const other = sipKey(random.bytes(16));
  const digest = (text: string): string => sipHash(print, text) + sipHash(other, text);
  return { print, digest, definitionDigest: digest, short: (text) => sipHash(other, text) };
}

import {
  CodedError,
  intentCluster,
  LIMITS,
  type Mask,
  type Message,
  newSpanId,
  parseMessage,
  type Random,
  type Raw,
  type Request,
  type Response,
  type SealedContent,
  type SealedPart,
  type Sensed,
  unitedMask,
} from '@spoor/core';
import { maskMessage } from '@spoor/detect/mask';
import {
  type ContentMatcher,
  kindOf,
  NO_CAUSE,
  type SenseContext,
  senseInputRequests,
  senseIntent,
  senseRequest,
  senseResponse,
  senseUnreadable,
} from '@spoor/detect/sense';
import type { Begun, Ended, Keys } from '@spoor/edge';
import { evidenceOf } from '@spoor/edge/evidence';
import { createSealer, type Sealer } from '@spoor/ledger/seal';
import type { Connection } from './decide/admission.ts';
import type { Decisions } from './decide/decisions.ts';
import type { Identifier } from './identify/identifier.ts';

export interface RawOptions {
  readonly connection: Connection;
  readonly decisions: Decisions;
  readonly identifier: Identifier;
  readonly keys: Keys;
  readonly project: boolean;
  /** Answers what rules ask of content. */
  readonly content: ContentMatcher;
  readonly random: Random;
  readonly recipients: readonly string[];
  readonly keepKey: (kek: string, wrapped: Uint8Array) => Promise<unknown>;
}

/** These are decided on; all else goes on whatever is said of it. */
const CALLS: ReadonlySet<Sensed['kind']> = new Set(['tool.call', 'resource.read', 'prompt.get']);

/**
 * What a wrapper does for its server, done here for a program that tells its messages as they are:
 * examine, seal, and only then decide and record. Plaintext does not outlive the step.
 */
export class RawSensor {
  readonly #options: RawOptions;
  readonly #ready: Promise<void>;
  #sealer: Sealer | undefined;
  #isReady = false;
  /** Calls that have begun, for their ends. */
  readonly #begun = new Map<string, Sensed>();
  /** Of calls that have begun, for their results. */
  readonly #masks = new Map<string, Mask>();
  readonly #decoder = new TextDecoder();
  readonly #descriptions = new Map<string, string>();

  constructor(options: RawOptions) {
    this.#options = options;
    this.#ready = this.#prepare();
  }

  handle(raw: Raw, bytes: Uint8Array): Promise<object> | object {
    if (this.#isReady) return this.#step(raw, bytes);
    return this.#ready.then(() => this.#step(raw, bytes));
  }

  /** Nothing is taken before it can be sealed. */
  async #prepare(): Promise<void> {
    const { connection, recipients, random, keepKey } = this.#options;
    if (recipients.length > 0) {
      const session = connection.session.id;
      const sealer = await createSealer({ session, recipients, random });
      await keepKey(sealer.key.kek, sealer.key.wrapped);
      this.#sealer = sealer;
    }
    this.#isReady = true;
  }

  #step(raw: Raw, bytes: Uint8Array): Promise<Begun | Ended> | Begun | Ended {
    if (raw.requestBytes > bytes.length) throw new CodedError('WIRE_INVALID', 'request length');
    const first = bytes.subarray(0, raw.requestBytes);
    if (raw.step === 'begin') return this.#begin(raw, first);
    const { connection, identifier } = this.#options;
    return identifier.inOrder(connection, raw.call, undefined, () =>
      raw.step === 'intent'
        ? this.#intent(raw, first)
        : this.#end(raw, first, bytes.subarray(raw.requestBytes)),
    );
  }

  #begin(raw: Raw, bytes: Uint8Array): Promise<Begun | Ended> | Begun | Ended {
    const { connection, decisions, identifier } = this.#options;
    const request = this.#read(bytes, 'request');
    const sensed = this.#request(raw, request, bytes);
    if (this.#begun.size >= LIMITS.pendingRequestsMax) {
      this.#begun.clear();
      this.#masks.clear();
    }
    this.#begun.set(sensed.id, sensed);
    const sealed = this.#seal(sensed.id, 'request', bytes);
    return identifier.inOrder<Begun | Ended>(connection, sensed.id, evidenceOf(request), (who) =>
      CALLS.has(sensed.kind)
        ? this.#masked(sensed.id, decisions.begin(connection, sensed, sealed, who), bytes)
        : decisions.end(connection, sensed, sealed, who),
    );
  }

  /** What asks for a decision has no detectors: it gets what goes on in place of what it said. */
  #masked(call: string, begun: Promise<Begun> | Begun, bytes: Uint8Array): Promise<Begun> | Begun {
    const withMasked = (one: Begun): Begun => {
      const { mask } = one.decision;
      if (mask !== undefined) this.#masks.set(call, mask);
      const part = mask?.arguments;
      if (part === undefined) return one;
      return { ...one, masked: maskMessage(this.#decoder.decode(bytes), 'arguments', part).text };
    };
    return begun instanceof Promise ? begun.then(withMasked) : withMasked(begun);
  }

  #end(raw: Raw, asked: Uint8Array, answer: Uint8Array): Ended {
    const { connection, decisions } = this.#options;
    const known = this.#begun.get(raw.call);
    this.#begun.delete(raw.call);
    if (known === undefined && asked.length === 0) {
      throw new CodedError('WIRE_INVALID', 'the end of an unknown call');
    }
    const begun = known ?? this.#request(raw, this.#read(asked, 'request'), asked);
    if (answer.length === 0) return decisions.end(connection, gaveUp(begun, raw), []);
    const response = this.#read(answer, 'response');
    const context = this.#context(raw, raw.endMs ?? raw.startMs);
    const end = senseResponse(begun, response, answer.length, context);
    const part =
      end.kind === 'tool.list' ? 'definitions' : response.error === undefined ? 'result' : 'error';
    const ended = decisions.end(connection, end, this.#seal(end.id, part, answer));
    for (const { sensed, bytes } of senseInputRequests(begun, response, context)) {
      decisions.end(connection, sensed, this.#seal(sensed.id, 'request', bytes));
    }
    const begunMask = this.#masks.get(raw.call);
    this.#masks.delete(raw.call);
    const mask = unitedMask([begunMask, ended.decision.mask].filter((one) => one !== undefined));
    if (mask?.result === undefined) return ended;
    return {
      ...ended,
      masked: maskMessage(this.#decoder.decode(answer), 'result', mask.result).text,
    };
  }

  #intent(raw: Raw, bytes: Uint8Array): Ended {
    const { connection, decisions, keys, random } = this.#options;
    const prompt = this.#decoder.decode(bytes);
    const context = this.#context(raw, raw.startMs);
    const sensed: Sensed = {
      id: raw.call,
      kind: 'intent',
      startMs: raw.startMs,
      endMs: raw.startMs,
      method: '',
      era: 'unknown',
      span: newSpanId(random),
      cause: NO_CAUSE,
      request: senseIntent(prompt, context),
      cluster: intentCluster(prompt, keys.cluster),
      outcome: 'ok',
    };
    return decisions.end(connection, sensed, this.#seal(sensed.id, 'intent', bytes));
  }

  #request(raw: Raw, request: Request, bytes: Uint8Array): Sensed {
    const kind = kindOf(request.method) ?? 'system';
    const context = this.#context(raw, raw.startMs);
    const sensed = senseRequest(request, kind, bytes.length, raw.cause, context);
    return { ...sensed, id: raw.call };
  }

  /** What cannot be read is recorded as that, and the program is told. */
  #read<Kind extends 'request' | 'response'>(
    bytes: Uint8Array,
    kind: Kind,
  ): Extract<Request | Response, { readonly kind: Kind }> {
    const message = parseMessage({ bytes, kind: 'line' });
    if (message.kind === kind) return message as Extract<Message, { readonly kind: Kind }>;
    const reason = message.kind === 'invalid' ? message.reason : 'not-json-rpc';
    const { connection, decisions, random } = this.#options;
    decisions.end(connection, senseUnreadable(reason, Date.now(), random), []);
    throw new CodedError('WIRE_INVALID', `the message is ${reason}`);
  }

  #seal(call: string, part: SealedPart, bytes: Uint8Array): SealedContent[] {
    return this.#sealer === undefined ? [] : [this.#sealer.seal(call, part, bytes)];
  }

  #context({ protocolVersion, traceparent, given }: Raw, nowMs: number): SenseContext {
    const { keys, project, content, random } = this.#options;
    const version = protocolVersion === undefined ? {} : { protocolVersion };
    const crossing = {
      ...(traceparent === undefined ? {} : { traceparent }),
      ...(given === undefined ? {} : { given }),
    };
    const descriptions = this.#descriptions;
    return { keys, project, content, descriptions, random, nowMs, crossing, ...version };
  }
}

const gaveUp = (begun: Sensed, { endMs, outcome, errorType }: Raw): Sensed => ({
  ...begun,
  endMs: endMs ?? begun.startMs,
  outcome: outcome ?? 'protocol_error',
  errorType: errorType ?? 'unknown',
});

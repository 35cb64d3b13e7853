import {
  type Batch,
  type Frame,
  FrameSplitter,
  type InvalidFrame,
  isBlank,
  type JsonRpcId,
  type Message,
  type Request,
  type Response,
  type UnreadableReason,
} from '@spoor/core';
import { Boundary } from './boundary.ts';
import {
  answerMasked,
  Conversation,
  type ConversationCounts,
  type ConversationOptions,
  type Denials,
  UNANSWERED,
} from './conversation.ts';
import { unreadableAnswer } from './deny.ts';
import { Lane, type Slot } from './lane.ts';
import { STDIO_TRUST } from './trust.ts';

export interface RelayOptions extends ConversationOptions {
  readonly toServer: (bytes: Uint8Array) => void;
  readonly toClient: (bytes: Uint8Array) => void;
}

/**
 * The data path of a stream of lines: bytes go on as they came, in both directions, but for what a
 * decision holds, answers or takes out, and for what stays behind at the trust boundary.
 */
export class Relay {
  readonly #conversation: Conversation;
  readonly #boundary: Boundary;
  readonly #toServer: Lane;
  readonly #toClient: Lane;
  readonly #clientSplitter = new FrameSplitter();
  readonly #serverSplitter = new FrameSplitter();
  #oversized = false;
  /** Does nothing go on of the line that the server is saying? */
  #withholds = false;

  constructor(options: RelayOptions) {
    this.#boundary = options.boundary ?? new Boundary(STDIO_TRUST, options.random);
    this.#toServer = new Lane(options.toServer);
    this.#toClient = new Lane(options.toClient);
    const say = (bytes: Uint8Array): void => this.#toClient.pass(bytes);
    this.#conversation = new Conversation({ ...options, boundary: this.#boundary, say });
  }

  get counts(): ConversationCounts {
    return this.#conversation.counts;
  }

  /** No answer of the server's own will come to this request. */
  unanswered(id: JsonRpcId, errorType: string): void {
    this.#conversation.unanswered(id, errorType);
  }

  fromClient(chunk: Uint8Array): void {
    for (const frame of this.#clientSplitter.push(chunk)) this.#clientFrame(frame);
  }

  fromServer(chunk: Uint8Array): void {
    for (const frame of this.#serverSplitter.push(chunk)) this.#serverFrame(frame);
  }

  /** The client says no more; resolves when all of it has gone on. */
  async clientEnded(): Promise<void> {
    const tail = this.#clientSplitter.end();
    if (tail !== undefined) this.#clientFrame(tail);
    await this.#conversation.left();
    await this.#toServer.idle();
  }

  /**
   * The server is gone; resolves when its last bytes are passed on and its open calls are told to
   * the hub.
   */
  async serverEnded(): Promise<void> {
    const tail = this.#serverSplitter.end();
    if (tail !== undefined) this.#serverFrame(tail);
    this.#conversation.ended('server_exit');
    await this.#toClient.idle();
    await this.#conversation.settled();
  }

  #clientFrame(frame: Frame): void {
    const message = this.#read(frame);
    const conversation = this.#conversation;
    if (message?.kind === 'response' && conversation.elicited(message)) return;
    const bytes = this.#boundary.toServer(frame, message);
    if (message?.kind === 'invalid') this.#unreadable(frame, bytes, message.reason);
    else if (message?.kind === 'batch')
      this.#gate(message, (onAsk) => conversation.asksBatch(message, frame, '', onAsk), bytes);
    else if (message?.kind === 'request')
      this.#gate(message, (onAsk) => conversation.asks(message, frame, '', onAsk), bytes);
    else if (message === undefined || !conversation.isStopped(message)) {
      this.#toServer.pass(bytes);
      if (message?.kind === 'notification') conversation.notifies(message);
      if (message?.kind === 'response') conversation.answers(message, frame);
    }
  }

  #unreadable(frame: Frame, bytes: Uint8Array, reason: UnreadableReason): void {
    // A long line comes in many parts and is one frame.
    const first = frame.kind !== 'part' || !this.#oversized;
    this.#oversized = frame.kind === 'part' && !endsLine(frame);
    const conversation = this.#conversation;
    if (first) conversation.unreadable(reason);
    const slot = this.#toServer.hold(bytes);
    const settle = (): void => {
      if (conversation.mode === 'observe') slot.release();
      else slot.drop();
      if (conversation.mode === 'enforce' && first) this.#toClient.pass(unreadableAnswer());
    };
    // Until the hub has said which mode holds, nothing that cannot be read goes on.
    if (conversation.ready === undefined) settle();
    else void conversation.track(conversation.ready.then(settle, settle));
  }

  /** A frame that waits for a person leaves the line, so that others pass it. */
  #gate(
    message: Request | Batch,
    ask: (onAsk: () => void) => Promise<Denials> | undefined,
    bytes: Uint8Array,
  ): void {
    let slot: Slot | undefined;
    const decided = ask(() => {
      slot?.drop();
      slot = undefined;
    });
    if (decided === undefined) {
      this.#toServer.pass(bytes);
      return;
    }
    slot = this.#toServer.hold(bytes);
    void this.#conversation.track(
      decided.then((answers) => this.#settle(slot, message, bytes, answers)),
    );
  }

  #settle(
    slot: Slot | undefined,
    message: Request | Batch,
    bytes: Uint8Array,
    answers: Denials,
  ): void {
    const isDenied = answers.length > 0 || answers === UNANSWERED;
    const masked = isDenied ? { answers } : this.#conversation.masked(message, bytes);
    if ('bytes' in masked) {
      if (slot === undefined) this.#toServer.pass(masked.bytes);
      else slot.release(masked.bytes);
      return;
    }
    slot?.drop();
    for (const answer of masked.answers) this.#toClient.pass(answer);
  }

  #serverFrame(frame: Frame): void {
    const conversation = this.#conversation;
    if (conversation.stopped && this.#refuses(frame)) return;
    const { holds } = conversation;
    if (this.#isWithheld(frame)) return;
    const bytes = this.#boundary.toClient(frame);
    // Only a result that may have to wait is read before it goes on.
    if (!holds) this.#toClient.pass(bytes);
    const message = this.#read(frame);
    const isHeld = holds && conversation.isHeld(message);
    if (holds && message?.kind === 'invalid' && conversation.masks) this.#withhold(frame);
    else if (holds && !isHeld) this.#toClient.pass(bytes);
    if (message?.kind === 'invalid' && frame.kind !== 'part')
      conversation.unreadable(message.reason);
    if (message?.kind === 'request') {
      this.#boundary.fromServer(message);
      conversation.asksBack(message, frame);
    }
    if (message?.kind === 'response' || message?.kind === 'batch')
      this.#answered(message, frame, bytes, isHeld);
  }

  /** What cannot be read may be the very result of which something is masked. */
  #withhold(frame: Frame): void {
    this.#withholds = frame.kind === 'part' && !endsLine(frame);
    for (const answer of this.#conversation.unreadableResult()) this.#toClient.pass(answer);
  }

  /** Is it a further part of a line of which nothing goes on? */
  #isWithheld(frame: Frame): boolean {
    const isWithheld = this.#withholds;
    if (isWithheld) this.#withholds = !endsLine(frame);
    return isWithheld;
  }

  #answered(message: Response | Batch, frame: Frame, bytes: Uint8Array, isHeld: boolean): void {
    const slot = isHeld ? this.#toClient.hold(bytes) : undefined;
    const all = message.kind === 'batch' ? message.messages : [message];
    const told = all.map((one) =>
      one.kind === 'response' ? this.#conversation.responds(one, frame) : undefined,
    );
    const settled = Promise.all(told).then((answered) =>
      slot?.release(answerMasked(bytes, message, answered)),
    );
    void this.#conversation.track(settled);
  }

  /** While all is stopped, no server asks anything of its client. */
  #refuses(frame: Frame): boolean {
    const message = this.#read(frame);
    const asked = message?.kind === 'batch' ? message.messages : [message];
    const answers = asked.flatMap((one) =>
      one?.kind === 'request' ? (this.#conversation.refusal(one) ?? []) : [],
    );
    for (const answer of answers) this.#toServer.pass(answer);
    return answers.length > 0;
  }

  #read(frame: Frame): Message | InvalidFrame | undefined {
    return isBlank(frame) ? undefined : this.#conversation.read(frame);
  }
}

const endsLine = ({ bytes }: Frame): boolean => bytes.at(-1) === 0x0a;

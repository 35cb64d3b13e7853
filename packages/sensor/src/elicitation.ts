import {
  eraOf,
  isObject,
  type JsonRpcId,
  newSpanId,
  type Random,
  type Request,
  type Response,
} from '@spoor/core';

/** A call that its client may be asked about, and the way in which its word goes to the hub. */
export interface Offer {
  readonly case: string;
  answer(said: 'approve' | 'deny'): void;
}

interface Options {
  readonly random: Random;
  /** To the client; absent where Spoor cannot speak unasked. */
  readonly say: ((bytes: Uint8Array) => void) | undefined;
}

const encoder = new TextEncoder();

/**
 * Questions of Spoor's own to the user of a client that can ask (`elicitation/create` up to
 * 2025-11-25). Ids are random, and only the client's frames are looked at: no server can answer.
 */
export class Elicitation {
  readonly #options: Options;
  readonly #asked = new Map<JsonRpcId, Offer>();
  #isDeclared = false;

  constructor(options: Options) {
    this.#options = options;
  }

  /** A client that shakes hands says what it can do. */
  handshake(request: Request): void {
    const { capabilities } = request.params;
    const isLegacy = eraOf(request) === 'legacy';
    this.#isDeclared = isLegacy && isObject(capabilities) && isObject(capabilities.elicitation);
  }

  /** Returns what takes the question back. */
  ask(offer: Offer): () => void {
    const { say, random } = this.#options;
    if (say === undefined || !this.#isDeclared) return () => undefined;
    const id = `spoor-${newSpanId(random)}${newSpanId(random)}`;
    this.#asked.set(id, offer);
    say(line({ jsonrpc: '2.0', id, method: 'elicitation/create', params: question(offer) }));
    return () => {
      if (!this.#asked.delete(id)) return;
      const params = { requestId: id, reason: 'It was answered elsewhere.' };
      say(line({ jsonrpc: '2.0', method: 'notifications/cancelled', params }));
    };
  }

  /** Is this the client's answer to a question of ours? Then it goes no further. */
  answered({ id, result }: Response): boolean {
    const offer = id === null ? undefined : this.#asked.get(id);
    if (offer === undefined || id === null) return false;
    this.#asked.delete(id);
    const { action, content } = isObject(result) ? result : { action: 'cancel', content: null };
    const isYes = action === 'accept' && isObject(content) && content.approve === true;
    offer.answer(isYes ? 'approve' : 'deny');
    return true;
  }
}

/** Fixed text: what the call would do is shown by the client, and in full in Spoor. */
const question = ({ case: caseId }: Offer): object => ({
  message: `A rule of your security policy asks whether the last call may go on. Case ${caseId}.`,
  requestedSchema: {
    type: 'object',
    properties: { approve: { type: 'boolean', title: 'Let this call go on', default: false } },
    required: ['approve'],
  },
});

const line = (message: object): Uint8Array => encoder.encode(`${JSON.stringify(message)}\n`);

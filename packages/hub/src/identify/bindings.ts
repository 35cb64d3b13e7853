import { type CallId, LIMITS, type Principal, type Random, type SealedContent } from '@spoor/core';
import type { IdentityToken } from '@spoor/edge/identity';
import type { Ledger } from '@spoor/ledger';
import { createSealer, type Sealer } from '@spoor/ledger/seal';
import type { Connection } from '../decide/admission.ts';

export interface BindingsOptions {
  readonly ledger: Pick<Ledger, 'append' | 'keepKey'>;
  readonly recipients: () => readonly string[];
  readonly random: Random;
}

/**
 * What a token proved, written down once: keys vanish, so whoever asks later needs the key as it
 * was. The token itself is sealed like content, under a key of the session.
 */
export class Bindings {
  readonly #options: BindingsOptions;
  readonly #written = new Map<string, Promise<number | undefined>>();
  readonly #sealers = new Map<string, Promise<Sealer | undefined>>();
  readonly counts = { bindingsNotWritten: 0, tokensNotSealed: 0 };

  constructor(options: BindingsOptions) {
    this.#options = options;
  }

  /** Place of the token's entry; undefined where the ledger cannot take it. Never rejects. */
  of(
    token: IdentityToken,
    call: CallId,
    { session, node }: Connection,
    principal: Principal,
  ): Promise<number | undefined> {
    // Another session of the hub is another key, and another right to be forgotten.
    const key = `${session.id} ${token.digest}`;
    const known = this.#written.get(key);
    if (known !== undefined) return known;
    const written = this.#write(token, call, { session, node }, principal);
    remember(this.#written, key, written);
    return written;
  }

  forgetSession(session: string): void {
    this.#sealers.delete(session);
    for (const key of this.#written.keys())
      if (key.startsWith(`${session} `)) this.#written.delete(key);
  }

  async #write(
    token: IdentityToken,
    call: CallId,
    {
      session,
      node,
    }: { readonly session: Connection['session']; readonly node: string | undefined },
    { level, pseudonym, agent, evidence }: Principal,
  ): Promise<number | undefined> {
    const { ledger } = this.#options;
    const sealed = await this.#seal(token, call, session.id);
    try {
      const entry = {
        kind: 'identity.binding' as const,
        ...(node === undefined ? {} : { node }),
        call,
        session: session.id,
        episode: session.episode,
        trace: session.trace,
        identity: { level, pseudonym, agent, evidence },
        detail: {
          token: token.digest,
          key: token.thumbprint,
          source: token.source,
          expires: Math.floor(token.expiresMs / 1_000),
        },
      };
      return ledger.append(entry, sealed)?.index;
    } catch {
      this.counts.bindingsNotWritten += 1;
      return undefined;
    }
  }

  async #seal(
    { text, key, issuer, type }: IdentityToken,
    call: CallId,
    session: string,
  ): Promise<SealedContent[]> {
    try {
      const sealer = await this.#sealer(session);
      const kept = JSON.stringify({ token: text, issuer, type, key });
      return sealer === undefined ? [] : [sealer.seal(call, 'identity', Buffer.from(kept))];
    } catch {
      this.counts.tokensNotSealed += 1;
      return [];
    }
  }

  /** One for each session, as a sensor has one; none where there is no auditor. */
  #sealer(session: string): Promise<Sealer | undefined> {
    const known = this.#sealers.get(session);
    if (known !== undefined) return known;
    const made = this.#newSealer(session);
    made.catch(() => this.#sealers.delete(session));
    remember(this.#sealers, session, made);
    return made;
  }

  async #newSealer(session: string): Promise<Sealer | undefined> {
    const { ledger, random } = this.#options;
    const recipients = this.#options.recipients();
    if (recipients.length === 0) return undefined;
    const sealer = await createSealer({ session, recipients, random });
    // What is sealed under it becomes durable after it, so no call waits for the disk here.
    ledger.keepKey(session, sealer.key.kek, sealer.key.wrapped).catch(() => {
      this.counts.tokensNotSealed += 1;
    });
    return sealer;
  }
}

function remember<Value>(map: Map<string, Value>, key: string, value: Value): void {
  const [oldest] = map.keys();
  if (map.size >= LIMITS.identityTokensMax && oldest !== undefined) map.delete(oldest);
  map.set(key, value);
}

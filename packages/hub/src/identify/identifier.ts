import {
  type CallId,
  type IdentityEvidence,
  type IdentityLevel,
  type Label,
  levelRank,
  type Observation,
  type Principal,
} from '@spoor/core';
import type { Hello } from '@spoor/edge';
import { type IdentityResult, type IdentityTrust, verifyIdentity } from '@spoor/edge/identity';
import type { Connection } from '../decide/admission.ts';
import { count } from '../decide/entry.ts';
import type { Node } from '../decide/node.ts';
import { Bindings, type BindingsOptions } from './bindings.ts';
import { withClaim } from './claim.ts';
import { InOrder } from './in-order.ts';
import { identify } from './process.ts';
import type { Named, Subjects } from './subjects.ts';

export interface IdentifierOptions extends BindingsOptions {
  /** Undefined where the owner has named nobody. */
  readonly trust: IdentityTrust | undefined;
  readonly subjects: Subjects;
  readonly pseudonymKey: Uint8Array;
  readonly nowMs: () => number;
}

/** On whose behalf a call is made, and how far that is proved: levels are made here alone. */
export class Identifier {
  readonly #options: IdentifierOptions;
  readonly #bindings: Bindings;
  readonly #orders = new WeakMap<Connection, InOrder>();
  readonly #counts: Record<string, number> = {
    identityVerified: 0,
    identityAttested: 0,
    identityConflict: 0,
    identityUnverified: 0,
  };

  constructor(options: IdentifierOptions) {
    this.#options = options;
    this.#bindings = new Bindings(options);
  }

  get counts(): Readonly<Record<string, number>> {
    const { subjects, trust } = this.#options;
    const forgotten = trust?.sessions.forgotten ?? 0;
    const replays = trust?.replays.size ?? 0;
    return {
      ...this.#counts,
      ...this.#bindings.counts,
      ...subjects.counts,
      identitySessionsForgotten: forgotten,
      identityProofsRemembered: replays,
    };
  }

  /**
   * Deletes the key behind a subject's pseudonym, so that nobody can find out any more whose it
   * was. False where no proved subject has that pseudonym; rejects where the disk refuses.
   */
  forget(pseudonym: string): Promise<boolean> {
    // What has been checked names subjects, too.
    this.#options.trust?.tokens.clear();
    return this.#options.subjects.forget(pseudonym);
  }

  /** The pseudonym of a proved subject. */
  known(subject: Named): string | undefined {
    return this.#options.subjects.known(subject);
  }

  /** The session's content is destroyed: what comes later is sealed and written down anew. */
  forgetSession(session: string): void {
    this.#bindings.forgetSession(session);
  }

  async close(): Promise<void> {
    await this.#options.trust?.close();
    await this.#options.subjects.settled();
  }

  /** Whoever speaks on a connection, as far as that is known without a call. */
  principal(hello: Hello, node?: Node): Principal {
    const principal = identify(hello, this.#options.pseudonymKey, node);
    return node === undefined ? principal : { ...principal, level: this.levelOf(node.name) };
  }

  /** How far what the sensors of an enrolled machine say of its processes is proved. */
  levelOf(machine: string): IdentityLevel {
    return this.#options.trust?.machines.has(machine) === true ? 'attested' : 'unverified';
  }

  /**
   * Does the work with the principal of this very call, behind what came before it on the same
   * connection.
   */
  inOrder<Result>(
    connection: Connection,
    call: string,
    evidence: IdentityEvidence | undefined,
    work: (principal: Principal) => Result | Promise<Result>,
  ): Result | Promise<Result> {
    const order = this.#orders.get(connection) ?? new InOrder();
    this.#orders.set(connection, order);
    const principal = this.#of(connection, call as CallId, evidence, order);
    return order.run(principal, work);
  }

  /** Is the principal less proved than the owner asks for, for what this tool can do? */
  isShort({ principal, tool }: Observation): boolean {
    const require = this.#options.trust?.require;
    if (require === undefined || require.size === 0) return false;
    const rank = levelRank(principal.level);
    return (tool?.labels ?? []).some((label: Label) => {
      const needed = require.get(label);
      return needed !== undefined && rank < levelRank(needed);
    });
  }

  #of(
    connection: Connection,
    call: CallId,
    evidence: IdentityEvidence | undefined,
    order: InOrder,
  ): Principal | Promise<Principal> {
    const { trust } = this.#options;
    const { principal } = connection;
    if (evidence === undefined) return principal;
    const { claimed, ...rest } = evidence;
    if (claimed !== undefined) {
      const own = Object.keys(rest).length === 0 ? undefined : rest;
      const found = this.#of(connection, call, own, order);
      const named = (one: Principal): Principal =>
        withClaim(one, claimed, this.#options.pseudonymKey);
      return found instanceof Promise ? found.then(named) : named(found);
    }
    if (trust === undefined) return this.#unchecked(principal, 'no-trust');
    if (order.isFull) return this.#unchecked(principal, 'not-checked');
    return this.#verified(connection, call, evidence, trust).catch(() =>
      this.#unchecked(principal, 'not-checked'),
    );
  }

  #unchecked(principal: Principal, why: string): Principal {
    count(this.#counts, 'identityNotChecked');
    return { ...principal, level: 'unverified', evidence: [why, ...principal.evidence] };
  }

  async #verified(
    connection: Connection,
    call: CallId,
    evidence: IdentityEvidence,
    trust: IdentityTrust,
  ): Promise<Principal> {
    const { session, hello, node } = connection;
    const context = {
      server: hello.server.name,
      session: session.id,
      id: call,
      nowMs: this.#options.nowMs(),
      ...(node === undefined ? {} : { node }),
    };
    const result = await verifyIdentity(evidence, context, trust);
    this.#count(result);
    const principal = this.#principalOf(connection, result);
    const places = result.tokens.map((token) =>
      this.#bindings.of(token, call, connection, principal),
    );
    const bindings = (await Promise.all(places)).filter((place) => place !== undefined);
    return bindings.length === 0 ? principal : { ...principal, bindings };
  }

  #principalOf({ principal }: Connection, result: IdentityResult): Principal {
    const { level, principal: subject, evidence } = result;
    const known = [...new Set([...evidence, ...principal.evidence])];
    const proved = { ...principal, level, evidence: known };
    if (subject === undefined) return proved;
    return { ...proved, pseudonym: this.#options.subjects.pseudonym(subject) };
  }

  #count({ level, failures }: IdentityResult): void {
    count(this.#counts, `identity${capital(level)}`);
    for (const failure of failures)
      count(this.#counts, `identityFailed${failure.split('-').map(capital).join('')}`);
  }
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

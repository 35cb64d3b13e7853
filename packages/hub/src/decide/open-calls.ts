import { type CallId, LIMITS, type Observation } from '@spoor/core';
import type { Connection } from './admission.ts';
import { count } from './entry.ts';

/** A call that has begun, and the connection that it began on. */
interface Open {
  readonly observation: Observation;
  readonly connection: Connection;
}

/** Calls that have begun: what their end is told with. */
export class OpenCalls {
  readonly #open = new Map<CallId, Open>();
  readonly #counts: Record<string, number>;

  constructor(counts: Record<string, number>) {
    this.#counts = counts;
  }

  /**
   * A sensor that came back may end what it began before; nobody ends a call of another session or
   * server.
   */
  begun({ id, session, server }: Observation): Observation | undefined {
    const begun = this.#open.get(id)?.observation;
    const own = begun?.session.id === session.id && begun.server.name === server.name;
    return own ? begun : undefined;
  }

  /**
   * Calls whose end never comes make room: of their own connection first, so that no sensor crowds
   * out others.
   */
  keep(connection: Connection, observation: Observation): void {
    const [ownOldest] = connection.open;
    if (connection.open.size >= LIMITS.pendingRequestsMax) this.#giveUp(ownOldest);
    const [oldest] = this.#open.keys();
    if (this.#open.size >= LIMITS.openCallsMax) this.#giveUp(oldest);
    this.#open.set(observation.id, { observation, connection });
    connection.open.add(observation.id);
  }

  /** Their content was shredded; their ends come without what their beginnings knew. */
  forgetSession(session: string): void {
    for (const [id, { observation }] of this.#open)
      if (observation.session.id === session) this.forget(id);
  }

  #giveUp(id: CallId | undefined): void {
    if (id === undefined) return;
    this.forget(id);
    count(this.#counts, 'openGivenUp');
  }

  forget(id: CallId): void {
    this.#open.get(id)?.connection.open.delete(id);
    this.#open.delete(id);
  }
}

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import {
  type CaseId,
  CodedError,
  type Decision,
  isStopped,
  LIMITS,
  type Principal,
  parseStops,
  type Stop,
  type StopNotice,
  type Stoppable,
  type StopView,
  stopHosts,
  stopNotice,
} from '@spoor/core';
import type { Connection } from './admission.ts';

/** What is stopped; kept in one file that a person, and a sensor without a hub, can read. */
export class Stops {
  readonly #path: string;
  readonly #denied = new Map<CaseId, number>();
  #stops: readonly Stop[];
  /** Called where a rule puts a session aside; set by whoever can tell its sensors. */
  deferred: (session: string, decision: Decision) => void = () => undefined;

  /** Throws CONFIG_UNREADABLE: what was stopped must not go on because of a damaged file. */
  constructor(path: string) {
    this.#path = path;
    this.#stops = read(path);
  }

  /** The newest first. */
  get views(): readonly StopView[] {
    return this.#stops.toReversed().map(({ hosts: _, ...stop }) => ({
      ...stop,
      denied: this.#denied.get(stop.case) ?? 0,
    }));
  }

  find(caseId: string): Stop | undefined {
    return this.#stops.find((stop) => stop.case === caseId);
  }

  /** Holds from the moment that the file is on disk. Throws STOPS_FULL. */
  add(stop: Stop): void {
    if (this.#stops.length >= LIMITS.stopsMax) throw new CodedError('STOPS_FULL');
    this.#write([...this.#stops, stop]);
  }

  /** Throws STOP_UNKNOWN. */
  remove(caseId: string): Stop {
    const stop = this.find(caseId);
    if (stop === undefined) throw new CodedError('STOP_UNKNOWN', caseId);
    this.#write(this.#stops.filter((one) => one !== stop));
    this.#denied.delete(stop.case);
    return stop;
  }

  /** The case of what stops a call of this principal on this connection. */
  of(connection: Connection, { pseudonym }: Pick<Principal, 'pseudonym'>): CaseId | undefined {
    if (this.#stops.length === 0) return undefined;
    const what = stoppable(connection, pseudonym);
    const found = this.#stops.find((stop) => isStopped(stop, what))?.case;
    if (found !== undefined) this.#denied.set(found, (this.#denied.get(found) ?? 0) + 1);
    return found;
  }

  /** What the sensor of a connection has to know. */
  notice(connection: Connection): { readonly stop?: StopNotice } {
    const what = stoppable(connection, connection.principal.pseudonym);
    const notice = stopNotice(this.#stops, what);
    return notice === undefined ? {} : { stop: notice as StopNotice };
  }

  #write(next: readonly Stop[]): void {
    const path = `${this.#path}.next`;
    writeFileSync(path, `${JSON.stringify(next, null, 2)}\n`, { mode: 0o600, flush: true });
    renameSync(path, this.#path);
    this.#stops = next;
  }
}

const stoppable = (
  { hello, session }: Pick<Connection, 'hello' | 'session'>,
  principal: string,
): Stoppable => ({
  session: session.id,
  server: hello.server.name,
  principal,
  hosts: stopHosts(hello),
});

function read(path: string): readonly Stop[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new CodedError('CONFIG_UNREADABLE', path, error);
  }
  const stops = parseStops(text);
  if (stops === undefined) throw new CodedError('CONFIG_UNREADABLE', path);
  return stops;
}

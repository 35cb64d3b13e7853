import { readFileSync } from 'node:fs';
import {
  type CaseId,
  type Decision,
  parseStops,
  type StopNotice,
  stopHosts,
  stopNotice,
  stopped,
} from '@spoor/core';
import type { Hello } from '@spoor/edge/wire';

/**
 * What is stopped of one connection. What the hub said last holds until it says something else,
 * also while there is none.
 */
export class Stopping {
  #notice: Partial<StopNotice> | undefined;
  #isTold = false;

  told(notice: StopNotice | undefined): void {
    this.#notice = notice;
    this.#isTold = true;
  }

  /**
   * No hub has said anything yet: then the file that the last one left does. One that cannot be
   * believed stops everything, since nobody can say what stood there.
   */
  untold(path: string, hello: Pick<Hello, 'server' | 'host' | 'session' | 'hostSession'>): void {
    if (this.#isTold) return;
    const what = { server: hello.server.name, hosts: stopHosts(hello) };
    this.#notice = stopNotice(stopsIn(path), what);
  }

  /** Must the hub be asked about each call? */
  get some(): boolean {
    return this.#notice !== undefined;
  }

  /** Is everything stopped that is said here? */
  get whole(): boolean {
    return this.#notice?.whole === true;
  }

  get case(): CaseId | undefined {
    return this.#notice?.case;
  }

  /**
   * Without the hub; undefined where the call is not stopped.
   *
   * @param isProved Does it bring evidence of its own of who calls, which only the hub can read?
   */
  alone(isProved: boolean): Decision | undefined {
    return this.whole || (this.some && isProved) ? stopped(this.case, 'sensor') : undefined;
  }
}

function stopsIn(path: string): ReturnType<typeof parseStops> {
  try {
    return parseStops(readFileSync(path, 'utf8'));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? [] : undefined;
  }
}

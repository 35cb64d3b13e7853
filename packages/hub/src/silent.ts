import { ALLOW, type CallId, LIMITS } from '@spoor/core';
import { SENSOR_SILENT } from './builtin.ts';
import type { DetectionRecord } from './bus.ts';
import type { Connection } from './decide/admission.ts';
import { isAlive } from './lock.ts';

/** Where a hook or a prompt is told of, each word has a connection of its own. */
const STANDING: ReadonlySet<string> = new Set(['wrapper', 'gateway']);
/** A sensor that lost the hub for a moment is back by then, and ends what it began. */
const SILENT_AFTER_MS = 30_000;

interface Gone {
  readonly connection: Connection;
  readonly call: CallId;
  readonly atMs: number;
}

/**
 * Watches for sensors that go away in the middle of a call although their host goes on: they were
 * killed, and what the host says to the server since then nobody sees.
 */
export class Silences {
  readonly #gone: Gone[] = [];
  readonly #afterMs: number;
  /** Departures that nobody had room to look after. */
  dropped = 0;

  constructor(afterMs: number = SILENT_AFTER_MS) {
    this.#afterMs = afterMs;
  }

  left(connection: Connection, nowMs: number): void {
    const [call] = connection.open;
    if (call === undefined || !STANDING.has(connection.hello.sensor.kind)) return;
    if (this.#gone.length >= LIMITS.sensorsGoneMax) this.dropped += 1;
    else this.#gone.push({ connection, call, atMs: nowMs });
  }

  /** What is to be told now: calls that nobody has ended since, of hosts that go on. */
  due(nowMs: number): readonly DetectionRecord[] {
    const due: DetectionRecord[] = [];
    while ((this.#gone[0]?.atMs ?? nowMs) <= nowMs - this.#afterMs) {
      const gone = this.#gone.shift();
      if (gone?.connection.open.has(gone.call) && goesOn(gone.connection)) due.push(recordOf(gone));
    }
    return due;
  }
}

/** Processes of other machines cannot be looked at: they count as going on. */
const goesOn = ({ node, hello }: Connection): boolean =>
  node !== undefined || isAlive(hello.host.process.pid);

function recordOf({ connection, call, atMs }: Gone): DetectionRecord {
  const { hello, node, session } = connection;
  const server = hello.server.name;
  const place = node === undefined ? {} : { node };
  const matched = { sensor: hello.sensor.kind, calls: String(connection.open.size), ...place };
  return {
    detection: {
      rule: SENSOR_SILENT,
      seq: 0,
      atMs,
      session: session.id,
      path: [{ call, seq: 0, atMs, server, tool: '', step: 'Its sensor went away', matched }],
      group: { server },
      response: 'alert',
    },
    decision: ALLOW,
  };
}

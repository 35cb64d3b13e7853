import { appendFileSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { ALLOW, type ContentFacts, LIMITS, type SealedContent } from '@spoor/core';
import { encodeWire } from '@spoor/edge/codec';
import type { Hello, Sensed } from '@spoor/edge/wire';
import { piecesOf } from './link.ts';

/**
 * What a sensor without a hub keeps for later: the messages that it would have sent, one file for
 * one outage. The hub takes in files that are `.ready`, and those of sensors that are gone.
 */
export class Spool {
  readonly #folder: string;
  readonly #hello: Omit<Hello, 'id' | 'op' | 'token'>;
  #file: string | undefined;
  #files = 0;
  #bytes = 0;
  #lost = 0;

  constructor(folder: string, hello: Omit<Hello, 'id' | 'op' | 'token'>) {
    this.#folder = folder;
    this.#hello = hello;
  }

  /** Observations that found no room or no disk. */
  get lost(): number {
    return this.#lost;
  }

  key(kek: string, wrapped: Uint8Array): void {
    this.#append(encodeWire({ op: 'key', id: 0, kek }, [wrapped]));
  }

  add(observation: Sensed, sealed: readonly SealedContent[]): void {
    const request = {
      op: 'end',
      id: 0,
      observation: withoutProjections(observation),
      sealed: piecesOf(sealed),
    };
    if (
      !this.#append(
        encodeWire(
          request,
          sealed.map(({ record }) => record),
        ),
      )
    )
      this.#lost += 1;
  }

  /**
   * Hands the file over; the next outage starts a new one. Returns how much was lost since the last
   * time.
   */
  handOver(): number {
    if (this.#file !== undefined) renameSync(this.#file, this.#file.replace(/\.spool$/, '.ready'));
    const lost = this.#lost;
    this.#file = undefined;
    this.#bytes = 0;
    this.#lost = 0;
    return lost;
  }

  #append(message: Uint8Array): boolean {
    if (this.#bytes + message.length > LIMITS.spoolBytesMax) return false;
    try {
      const file = this.#file ?? this.#start();
      // Synchronous, but only without a hub: nothing waits for a decision then, and order is kept.
      appendFileSync(file, message, { mode: 0o600 });
      this.#bytes += message.length;
      return true;
    } catch {
      return false;
    }
  }

  #start(): string {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const name = `${process.pid}-${this.#hello.sensor.id}-${this.#files++}.spool`;
    this.#file = join(this.#folder, name);
    appendFileSync(this.#file, encodeWire({ op: 'hello', id: 0, token: '', ...this.#hello }), {
      mode: 0o600,
    });
    return this.#file;
  }
}

/** The projection belongs into the hub's store and nowhere else. */
function withoutProjections({ request, result, ...rest }: Sensed): Sensed {
  const strip = ({ projection: _, ...facts }: ContentFacts): ContentFacts => facts;
  return {
    ...rest,
    ...(request === undefined ? {} : { request: strip(request) }),
    ...(result === undefined ? {} : { result: strip(result) }),
  };
}

/** What was told and perhaps not heard had gone on already: so much of its decision is sure. */
export const goneOn = (observation: Sensed): Sensed =>
  observation.outcome === 'pending'
    ? { ...observation, decidedAlone: { ...ALLOW, by: 'sensor' } }
    : observation;

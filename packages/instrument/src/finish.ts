import type { JsonObject } from '@spoor/core';
import { processWide } from './shared.ts';
import type { Transport } from './transport.ts';

/** Has the last word on what goes out over one transport: nothing changes a message after it. */
export interface Finisher {
  /**
   * The message as it goes: itself where there is nothing to add, a promise where that has to wait.
   * Never throws or rejects.
   */
  finish(message: unknown): unknown;
  /** A request as the hub is told of it, where it is to have more than the server gets. */
  told(message: JsonObject): JsonObject | undefined;
  /** A message that came in. */
  saw(message: unknown): void;
}

const FINISHERS = processWide('finishers', () => new WeakMap<object, Finisher>());

export const finisherOf = (transport: Transport): Finisher | undefined => FINISHERS.get(transport);

export const setFinisher = (transport: Transport, finisher: Finisher): void =>
  void FINISHERS.set(transport, finisher);

export const removeFinisher = (transport: Transport): void => void FINISHERS.delete(transport);

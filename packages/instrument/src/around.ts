import { AsyncLocalStorage } from 'node:async_hooks';
import type { CallId } from '@spoor/core';
import { processWide } from './shared.ts';

/** What a piece of the program runs within: a call that is being served, a prompt. */
export interface Around {
  /** The call that a handler of ours is serving. */
  readonly call?: CallId;
  readonly intent?: Intent;
}

/** A prompt, as spans know it; its text stays with whoever declared it. */
export interface Intent {
  readonly cluster: string;
  /** Hubs that have been told. */
  readonly told: WeakSet<object>;
  readonly prompt: string;
}

/**
 * Own storage rather than OpenTelemetry's context, which is empty in a program that has not set a
 * context manager.
 */
const STORAGE = processWide('around', () => new AsyncLocalStorage<Around>());

const NOTHING: Around = {};

export const around = (): Around => STORAGE.getStore() ?? NOTHING;

export const runAround = <Value>(within: Around, work: () => Value): Value =>
  STORAGE.run(within, work);

import { setTimeout as sleep } from 'node:timers/promises';
import { LIMITS } from '@spoor/core';
import type { Sink } from '../sink/sink.ts';

const STEP_MS = 50;

/**
 * Waits until everything that was recorded has come: an export after we began and then none for a
 * while, or for as long as batches are held back.
 */
export async function drain(
  sink: Sink | undefined,
  waitMs: number = LIMITS.scanExportMs,
): Promise<void> {
  if (sink === undefined) return;
  const began = Date.now();
  const quick = sink.isQuick;
  let seen = sink.count;
  let since = began;
  while (Date.now() - began < waitMs) {
    await sleep(STEP_MS);
    if (sink.count !== seen) {
      seen = sink.count;
      since = Date.now();
    }
    const more = since > began || quick;
    if (more && Date.now() - since > LIMITS.scanQuietMs) return;
  }
}

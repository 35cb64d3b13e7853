import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LIMITS } from '@spoor/core';
import { admitRequest, type Hello, type SensorRequest, WireDecoder } from '@spoor/edge';
import { type Joined, sealedOf } from './sensors.ts';

/** Intake of what sensors kept while no hub answered. */
export interface SpoolResult {
  readonly observations: number;
  /** Messages that could not be read; their file is kept aside. */
  readonly unreadable: number;
}

/** Takes in files that their sensor has handed over, and those of sensors that are gone. */
export async function takeIn(
  folder: string,
  enter: (hello: Hello) => Joined,
  isAlive: (pid: number) => boolean,
): Promise<SpoolResult> {
  let observations = 0;
  let unreadable = 0;
  for (const name of filesOf(folder, isAlive)) {
    const path = join(folder, name);
    const result = await takeFile(path, enter);
    observations += result.observations;
    unreadable += result.unreadable;
    if (result.unreadable === 0) rmSync(path, { force: true });
  }
  return { observations, unreadable };
}

function filesOf(folder: string, isAlive: (pid: number) => boolean): string[] {
  try {
    return readdirSync(folder)
      .filter(
        (name) =>
          name.endsWith('.ready') ||
          (name.endsWith('.spool') && !isAlive(Number.parseInt(name, 10))),
      )
      .sort();
  } catch {
    return [];
  }
}

async function takeFile(path: string, enter: (hello: Hello) => Joined): Promise<SpoolResult> {
  if (statSync(path).size > 2 * LIMITS.spoolBytesMax) return { observations: 0, unreadable: 1 };
  let joined: Joined | undefined;
  let observations = 0;
  try {
    for (const { json, bytes } of new WireDecoder().push(readFileSync(path))) {
      const request: SensorRequest = admitRequest(json);
      if (request.op === 'hello') joined = enter(request);
      else if (joined !== undefined) {
        await joined.handle(request, sealedOf(request, bytes), bytes);
        observations += request.op === 'end' ? 1 : 0;
      }
    }
    return { observations, unreadable: 0 };
  } catch {
    return { observations, unreadable: 1 };
  } finally {
    joined?.leave();
  }
}

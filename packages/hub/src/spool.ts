import { readdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CodedError, LIMITS } from '@spoor/core';
import { admitRequest, type Hello, WireDecoder } from '@spoor/edge';
import { destroyFile } from '@spoor/edge/overwrite';
import { type Joined, sealedOf } from './sensors.ts';

/** Intake of what sensors kept while no hub answered. */
export interface SpoolResult {
  readonly observations: number;
  /** Messages that could not be read; their file is kept aside, under the ending `.unreadable`. */
  readonly unreadable: number;
}

const EMPTY_HEAD_BYTES = 4;

/**
 * Takes in files that their sensor has handed over, and those of sensors that are gone. Never
 * rejects.
 */
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
    unreadable += result.unreadable + putAway(path, result.unreadable === 0);
  }
  return { observations, unreadable };
}

/**
 * A file is taken in once: one that stayed would bring its good part again and again. Returns 1
 * where it stays.
 */
function putAway(path: string, good: boolean): number {
  try {
    if (good) destroyFile(path);
    else renameSync(path, `${path}.unreadable`);
    return 0;
  } catch {
    return 1;
  }
}

/** By sensor, in the order in which it wrote them. */
function filesOf(folder: string, isAlive: (pid: number) => boolean): string[] {
  const { compare } = new Intl.Collator('en', { numeric: true });
  try {
    return readdirSync(folder)
      .filter(
        (name) =>
          name.endsWith('.ready') ||
          (name.endsWith('.spool') && !isAlive(Number.parseInt(name, 10))),
      )
      .sort(compare);
  } catch {
    return [];
  }
}

/** Message by message: a bad one is counted, and those around it are taken. */
async function takeFile(path: string, enter: (hello: Hello) => Joined): Promise<SpoolResult> {
  let observations = 0;
  let unreadable = 0;
  let joined: Joined | undefined;
  for (const message of messagesOf(path)) {
    try {
      const taken = await takeMessage(message, joined, enter);
      joined = taken.joined;
      observations += taken.observations;
    } catch {
      unreadable += 1;
    }
  }
  joined?.leave();
  return { observations, unreadable };
}

async function takeMessage(
  message: Buffer,
  joined: Joined | undefined,
  enter: (hello: Hello) => Joined,
): Promise<{ readonly joined: Joined; readonly observations: number }> {
  const [read] = new WireDecoder().push(message);
  if (read === undefined) throw new CodedError('WIRE_INVALID', 'the message has no end');
  const request = admitRequest(read.json);
  if (request.op === 'hello') {
    if (joined !== undefined) throw new CodedError('WIRE_INVALID', 'a second hello');
    return { joined: enter(withoutProcess(request)), observations: 0 };
  }
  // What is over cannot be decided on.
  if (joined === undefined || request.op === 'begin') throw new CodedError('WIRE_INVALID');
  await joined.handle(request, sealedOf(request, read.bytes), read.bytes);
  return { joined, observations: request.op === 'end' ? 1 : 0 };
}

/** The server may run on under its living sensor, whose registration this must not replace. */
function withoutProcess(hello: Hello): Hello {
  const { process: _, ...server } = hello.server;
  return { ...hello, server };
}

/** Cuts a file into messages; what cannot be cut comes as one last, unreadable piece. */
function* messagesOf(path: string): Generator<Buffer> {
  const bytes = readWhole(path);
  for (let at = 0; at < bytes.length; ) {
    const rest = bytes.length - at;
    const length = rest < EMPTY_HEAD_BYTES ? rest : EMPTY_HEAD_BYTES + bytes.readUInt32BE(at);
    yield bytes.subarray(at, at + length);
    at += length;
  }
}

/** One unreadable byte stands for a file that cannot be read, or is larger than any sensor's. */
function readWhole(path: string): Buffer {
  try {
    if (statSync(path).size <= 2 * LIMITS.spoolBytesMax) return readFileSync(path);
  } catch {
    // As below.
  }
  return Buffer.alloc(1);
}

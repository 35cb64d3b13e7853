import { readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { SealedContent } from '@spoor/core';
import { CodedError } from '@spoor/core';
import { WireDecoder } from '@spoor/edge/codec';
import type { Enrolment } from '@spoor/edge/enrolment';
import { destroyFile } from '@spoor/edge/overwrite';
import { connectEnrolled } from '@spoor/edge/remote';
import type { Hello, SensorRequest } from '@spoor/edge/wire';
import { helloOf } from './elsewhere.ts';
import { Link } from './link.ts';

/** Answers waited for at once: a distant hub takes long for each. */
const TOGETHER = 32;

/**
 * Sends the spool of this machine to its hub elsewhere: files that were handed over, and those of
 * sensors that are gone. What a broken connection leaves open is sent again, so that some of it may
 * come twice, and nothing is lost.
 */
export async function deliver(folder: string, enrolment: Enrolment): Promise<void> {
  const { compare } = new Intl.Collator('en', { numeric: true });
  const names = await readdir(folder).catch((): string[] => []);
  for (const name of names.filter(isOver).sort(compare)) {
    const own = join(folder, `${process.pid}~${originOf(name)}`);
    // Of several sensors that try, one gets it.
    if (!(await renamed(join(folder, name), `${own}.sending`))) continue;
    const sent = await send(`${own}.sending`, enrolment);
    if (sent === 'broken') {
      await renamed(`${own}.sending`, join(folder, `${originOf(name)}.ready`));
      return;
    }
    if (sent === 'refused') await renamed(`${own}.sending`, `${own}.unreadable`);
    else destroyFile(`${own}.sending`);
  }
}

const originOf = (name: string): string => name.replace(/^\d+~/, '').replace(/\.[a-z]+$/, '');

const isOver = (name: string): boolean =>
  name.endsWith('.ready') || (/\.(?:spool|sending)$/.test(name) && !isAlive(name));

function isAlive(name: string): boolean {
  try {
    process.kill(Number.parseInt(name, 10), 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

const renamed = (from: string, to: string): Promise<boolean> =>
  rename(from, to).then(
    () => true,
    () => false,
  );

async function send(path: string, enrolment: Enrolment): Promise<'sent' | 'refused' | 'broken'> {
  const { requests, whole } = read(await readFile(path));
  const [first, ...rest] = requests;
  if (first?.request.op !== 'hello') return 'refused';
  const opened = await open(first.request, enrolment);
  if (typeof opened === 'string') return opened;
  let refused = whole ? 0 : 1;
  try {
    for (let at = 0; at < rest.length; at += TOGETHER) {
      const some = rest.slice(at, at + TOGETHER);
      const done = await Promise.allSettled(some.map((one) => tell(opened, one)));
      if (!opened.open) return 'broken';
      refused += done.filter(({ status }) => status === 'rejected').length;
    }
  } finally {
    await opened.close();
  }
  return refused === 0 ? 'sent' : 'refused';
}

interface Kept {
  readonly request: SensorRequest;
  readonly bytes: Uint8Array;
}

function open(hello: Hello, enrolment: Enrolment): Promise<Link | 'refused' | 'broken'> {
  const { id: _, op: __, ...rest } = helloOf(hello, enrolment);
  const { process: ___, ...server } = rest.server;
  return Link.open(
    () => connectEnrolled(enrolment),
    // The server may run on under its living sensor, whose registration this must not replace.
    { ...rest, server },
    () => undefined,
    () => undefined,
  ).then(
    ({ link }) => link,
    (error: unknown) =>
      error instanceof CodedError && error.code === 'WIRE_INVALID' ? 'refused' : 'broken',
  );
}

function tell(link: Link, { request, bytes }: Kept): Promise<unknown> {
  if (request.op === 'end') return link.end(request.observation, sealedOf(request.sealed, bytes));
  if (request.op === 'key') return link.key(request.kek, bytes);
  return Promise.reject(new CodedError('WIRE_INVALID'));
}

function sealedOf(
  pieces: Extract<SensorRequest, { readonly op: 'end' }>['sealed'],
  bytes: Uint8Array,
): SealedContent[] {
  let at = 0;
  return pieces.map(({ meta, length }) => {
    const record = bytes.subarray(at, at + length);
    at += length;
    return { meta, record };
  });
}

/** Our own words, and yet from a disk: what cannot be read is left out, and the file kept. */
function read(file: Buffer): { readonly requests: readonly Kept[]; readonly whole: boolean } {
  const requests: Kept[] = [];
  let whole = true;
  for (let at = 0; at < file.length; ) {
    const rest = file.length - at;
    const length = rest < LENGTH_BYTES ? rest : LENGTH_BYTES + file.readUInt32BE(at);
    try {
      const [message] = new WireDecoder().push(file.subarray(at, at + length));
      if (message === undefined) whole = false;
      else requests.push({ request: message.json as SensorRequest, bytes: message.bytes });
    } catch {
      whole = false;
    }
    at += length;
  }
  return { requests, whole };
}

const LENGTH_BYTES = 4;

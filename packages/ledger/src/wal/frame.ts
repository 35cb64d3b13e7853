/**
 * Segments of the write-ahead log. A segment is a head and frames; a frame is one group of records,
 * written and synced as one. The next frame is written only after that, so at most the last frame
 * of the last segment can be torn, and nothing in it was acknowledged.
 *
 *     head   "SPOORWAL", 1 byte version, 16 bytes salt
 *     frame  "SPWF", u32 length, u32 CRC-32 over salt, length and body; body
 *
 * After the last frame come zeros, which were written ahead.
 *
 * The salt is random, so nobody who only writes records can write what looks like a frame.
 */
import { crc32 } from 'node:zlib';
import { CodedError } from '@spoor/core';

const MAGIC = Buffer.from('SPOORWAL\u0001', 'latin1');
const FRAME = Buffer.from('SPWF', 'latin1');
export const SALT_BYTES = 16;
export const HEAD_BYTES: number = MAGIC.length + SALT_BYTES;
export const FRAME_HEAD_BYTES = 12;

export const encodeHead = (salt: Uint8Array): Uint8Array => Buffer.concat([MAGIC, salt]);

/** Fills in the first {@link FRAME_HEAD_BYTES} of a frame whose body is in place. */
export function sealFrame(frame: Buffer, salt: Uint8Array): void {
  FRAME.copy(frame);
  frame.writeUInt32BE(frame.length - FRAME_HEAD_BYTES, 4);
  frame.writeUInt32BE(checksum(frame, salt), 8);
}

function checksum(frame: Buffer, salt: Uint8Array): number {
  const length = frame.subarray(4, 8);
  return crc32(frame.subarray(FRAME_HEAD_BYTES), crc32(length, crc32(salt)));
}

export interface Segment {
  readonly bodies: readonly Buffer[];
  /** Did more than zeros follow the last whole frame? */
  readonly torn: boolean;
}

/** @throws CodedError LEDGER_UNREADABLE where a whole frame follows a broken one. */
export function readSegment(bytes: Buffer): Segment {
  if (bytes.length < HEAD_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) {
    return { bodies: [], torn: !bytes.equals(Buffer.alloc(bytes.length)) };
  }
  const salt = bytes.subarray(MAGIC.length, HEAD_BYTES);
  const bodies: Buffer[] = [];
  let at = HEAD_BYTES;
  for (;;) {
    const frame = frameAt(bytes, at, salt);
    if (frame === undefined) break;
    bodies.push(frame.subarray(FRAME_HEAD_BYTES));
    at += frame.length;
  }
  refuseLaterFrame(bytes, at, salt);
  const rest = bytes.subarray(at);
  return { bodies, torn: !rest.equals(Buffer.alloc(rest.length)) };
}

function frameAt(bytes: Buffer, at: number, salt: Uint8Array): Buffer | undefined {
  if (at + FRAME_HEAD_BYTES > bytes.length) return undefined;
  if (!bytes.subarray(at, at + FRAME.length).equals(FRAME)) return undefined;
  const end = at + FRAME_HEAD_BYTES + bytes.readUInt32BE(at + 4);
  if (end > bytes.length) return undefined;
  const frame = bytes.subarray(at, end);
  return frame.readUInt32BE(8) === checksum(frame, salt) ? frame : undefined;
}

/** A frame beyond a broken one means that acknowledged bytes changed: that is no torn tail. */
function refuseLaterFrame(bytes: Buffer, from: number, salt: Uint8Array): void {
  let at = bytes.indexOf(FRAME, from);
  while (at >= 0) {
    if (frameAt(bytes, at, salt) !== undefined) {
      throw new CodedError('LEDGER_UNREADABLE', `the write-ahead log is damaged at byte ${from}`);
    }
    at = bytes.indexOf(FRAME, at + 1);
  }
}

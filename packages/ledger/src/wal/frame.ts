/**
 * Segments of the write-ahead log. A segment is a head and frames; a frame is one group of records,
 * made durable by one write. The next frame is written only after that, so at most the last frame
 * of the last segment can be torn, and nothing in it was acknowledged.
 *
 *     head   "SPOORWAL", 1 byte version, 16 bytes salt
 *     frame  "SPWF", u32 length, u32 its complement, u32 CRC-32 over salt, length and body; body;
 *            "E"
 *
 * After the last frame come zeros, which were written ahead. A disk writes sectors of 512 bytes or
 * more as wholes, so a torn frame has a sector that is zero still, or no end; a broken frame that
 * has all of that was once whole, so it may have been acknowledged, and is damaged.
 *
 * The salt is random, so nobody who only writes records can write what looks like a frame. Version
 * 1 had neither complement nor end: there, a broken last frame counts as torn.
 */
import { crc32 } from 'node:zlib';
import { CodedError } from '@spoor/core';

const MAGIC = Buffer.from('SPOORWAL', 'latin1');
const VERSION = 2;
const FRAME = Buffer.from('SPWF', 'latin1');
const END = 0x45;
const SECTOR_BYTES = 512;
export const SALT_BYTES = 16;
export const HEAD_BYTES: number = MAGIC.length + 1 + SALT_BYTES;
export const FRAME_HEAD_BYTES = 16;
export const FRAME_END_BYTES = 1;

export const encodeHead = (salt: Uint8Array): Uint8Array =>
  Buffer.concat([MAGIC, Uint8Array.of(VERSION), salt]);

/** Fills in the head and the end of a frame whose body is in place. */
export function sealFrame(frame: Buffer, salt: Uint8Array): void {
  const length = frame.length - FRAME_HEAD_BYTES - FRAME_END_BYTES;
  FRAME.copy(frame);
  frame.writeUInt32BE(length, 4);
  frame.writeUInt32BE(~length >>> 0, 8);
  frame[frame.length - 1] = END;
  frame.writeUInt32BE(checksum(frame.subarray(4, 8), bodyOf(frame), salt), 12);
}

const bodyOf = (frame: Buffer): Buffer =>
  frame.subarray(FRAME_HEAD_BYTES, frame.length - FRAME_END_BYTES);

const checksum = (length: Buffer, body: Buffer, salt: Uint8Array): number =>
  crc32(body, crc32(length, crc32(salt)));

export interface Segment {
  readonly bodies: readonly Buffer[];
  /** Did more than zeros follow the last whole frame? */
  readonly torn: boolean;
}

interface Frame {
  readonly body: Buffer;
  readonly end: number;
}

type FrameAt = (bytes: Buffer, at: number, salt: Uint8Array) => Frame | undefined;

/**
 * @throws CodedError LEDGER_UNREADABLE where a whole frame follows a broken one, or a frame that
 *   was whole is broken
 */
export function readSegment(bytes: Buffer): Segment {
  const version = bytes[MAGIC.length];
  const isHead = bytes.subarray(0, MAGIC.length).equals(MAGIC) && bytes.length >= HEAD_BYTES;
  if (!isHead || version === undefined || version < 1 || version > VERSION) return headless(bytes);
  const salt = bytes.subarray(MAGIC.length + 1, HEAD_BYTES);
  const frameAt = version === 1 ? firstFrameAt : currentFrameAt;
  const bodies: Buffer[] = [];
  let at = HEAD_BYTES;
  for (;;) {
    const frame = frameAt(bytes, at, salt);
    if (frame === undefined) break;
    bodies.push(frame.body);
    at = frame.end;
  }
  refuseLaterFrame(bytes, at, salt, frameAt);
  if (version > 1 && wasWhole(bytes, at)) throw damaged(at);
  return { bodies, torn: !isZero(bytes.subarray(at)) };
}

/** The head comes with the first frame, in one sector with its beginning. */
function headless(bytes: Buffer): Segment {
  if (isZero(bytes.subarray(0, HEAD_BYTES))) return { bodies: [], torn: !isZero(bytes) };
  if (bytes.length <= HEAD_BYTES) return { bodies: [], torn: true };
  throw damaged(0);
}

const isZero = (bytes: Buffer): boolean => bytes.equals(Buffer.alloc(bytes.length));

const damaged = (at: number): CodedError =>
  new CodedError('LEDGER_UNREADABLE', `the write-ahead log is damaged at byte ${at}`);

const currentFrameAt: FrameAt = (bytes, at, salt) => {
  const end = endOf(bytes, at);
  if (end === undefined || end > bytes.length || bytes[end - 1] !== END) return undefined;
  const frame = bytes.subarray(at, end);
  const sum = checksum(frame.subarray(4, 8), bodyOf(frame), salt);
  return frame.readUInt32BE(12) === sum ? { body: bodyOf(frame), end } : undefined;
};

/** Where the frame ends by its head; undefined where that is not whole. */
function endOf(bytes: Buffer, at: number): number | undefined {
  if (at + FRAME_HEAD_BYTES > bytes.length) return undefined;
  if (!bytes.subarray(at, at + FRAME.length).equals(FRAME)) return undefined;
  const length = bytes.readUInt32BE(at + 4);
  if (bytes.readUInt32BE(at + 8) !== ~length >>> 0) return undefined;
  return at + FRAME_HEAD_BYTES + length + FRAME_END_BYTES;
}

const firstFrameAt: FrameAt = (bytes, at, salt) => {
  if (at + 12 > bytes.length) return undefined;
  if (!bytes.subarray(at, at + FRAME.length).equals(FRAME)) return undefined;
  const end = at + 12 + bytes.readUInt32BE(at + 4);
  if (end > bytes.length) return undefined;
  const body = bytes.subarray(at + 12, end);
  const sum = checksum(bytes.subarray(at + 4, at + 8), body, salt);
  return bytes.readUInt32BE(at + 8) === sum ? { body, end } : undefined;
};

/** Is the broken frame at that place one that had reached the disk as a whole? */
function wasWhole(bytes: Buffer, at: number): boolean {
  const head = bytes.subarray(at, at + FRAME_HEAD_BYTES);
  if (isZero(head)) return false;
  const end = endOf(bytes, at);
  if (end === undefined) return !hasZeroPart(head, at);
  if (end > bytes.length || bytes[end - 1] === 0) return false;
  return !hasZeroPart(bytes.subarray(at, end), at);
}

/** Is any part of the bytes that lies in a sector of its own zero? */
function hasZeroPart(bytes: Buffer, offset: number): boolean {
  let from = 0;
  while (from < bytes.length) {
    const to = Math.min(bytes.length, from + SECTOR_BYTES - ((offset + from) % SECTOR_BYTES));
    if (isZero(bytes.subarray(from, to))) return true;
    from = to;
  }
  return false;
}

/** A frame beyond a broken one means that acknowledged bytes changed: that is no torn tail. */
function refuseLaterFrame(bytes: Buffer, from: number, salt: Uint8Array, frameAt: FrameAt): void {
  let at = bytes.indexOf(FRAME, from);
  while (at >= 0) {
    if (frameAt(bytes, at, salt) !== undefined) throw damaged(from);
    at = bytes.indexOf(FRAME, at + 1);
  }
}

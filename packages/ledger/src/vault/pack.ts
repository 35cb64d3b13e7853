/**
 * Where sealed content lies, and how. A pack holds what was sealed under one session key, in the
 * order in which it came; beside it lies the key, wrapped to the auditors. Shredding a session
 * overwrites and empties both files; shredding a record overwrites it where it lies.
 *
 *     vault/<2 digits>/<session>/<kek>.seals   then, per record: u32 length, u32 CRC-32, record
 *     vault/<2 digits>/<session>/<kek>.age     the session key; empty once it was shredded
 */
import { crc32 } from 'node:zlib';

const SESSION = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const KEY_ID = /^[A-Za-z0-9_-]{1,64}$/;

/** Both become parts of paths. */
export const isVaultPlace = (session: string | undefined, kek: string): session is string =>
  session !== undefined && SESSION.test(session) && KEY_ID.test(kek);

/** The first digits of a UUIDv7 are its time, so the folders are spread by its random end. */
const sessionFolder = (session: string): string => `vault/${session.slice(24, 26)}/${session}`;

export const sessionPath = (session: string): string => sessionFolder(session);

export const packPath = (session: string, kek: string): string =>
  `${sessionFolder(session)}/${kek}.seals`;

export const keyPath = (session: string, kek: string): string =>
  `${sessionFolder(session)}/${kek}.age`;

/** Overwritten, and emptied unless the machine stopped in between. */
export const isShreddedKey = (wrapped: Uint8Array): boolean => wrapped.every((byte) => byte === 0);

export const PACK_HEAD_BYTES = 8;

export function frameRecord(record: Uint8Array): Uint8Array {
  const framed = Buffer.allocUnsafe(PACK_HEAD_BYTES + record.length);
  framed.writeUInt32BE(record.length, 0);
  framed.writeUInt32BE(crc32(record), 4);
  framed.set(record, PACK_HEAD_BYTES);
  return framed;
}

export interface PackedRecord {
  readonly bytes: Buffer;
  /** Does the checksum hold? */
  readonly whole: boolean;
  /** Where the record begins, after its head. */
  readonly at: number;
}

/** Records one after another; a cut end is left out. */
export function readPack(pack: Buffer): PackedRecord[] {
  const records: PackedRecord[] = [];
  let at = 0;
  while (at + PACK_HEAD_BYTES <= pack.length) {
    const end = at + PACK_HEAD_BYTES + pack.readUInt32BE(at);
    if (end > pack.length) break;
    const bytes = pack.subarray(at + PACK_HEAD_BYTES, end);
    const whole = crc32(bytes) === pack.readUInt32BE(at + 4);
    records.push({ bytes, whole, at: at + PACK_HEAD_BYTES });
    at = end;
  }
  return records;
}

/**
 * Records of the write-ahead log.
 *
 *     leaf  1, u48 index, u16 length, leaf, u8 count, then per sealed content u32 length, bytes
 *     key   2, u8 length, session, u8 length, key id, u32 length, wrapped key
 */
export interface LeafRecord {
  readonly type: 'leaf';
  readonly index: number;
  /** ASCII. */
  readonly leaf: Buffer;
  readonly sealed: readonly Uint8Array[];
}

/** A session key, wrapped to the auditors. */
export interface KeyRecord {
  readonly type: 'key';
  readonly session: string;
  readonly kek: string;
  readonly wrapped: Uint8Array;
}

export type WalRecord = LeafRecord | KeyRecord;

const LEAF = 1;
const KEY = 2;

export function recordBytes(record: WalRecord): number {
  if (record.type === 'key') {
    return 7 + record.session.length + record.kek.length + record.wrapped.length;
  }
  return record.sealed.reduce((sum, { length }) => sum + 4 + length, 10 + record.leaf.length);
}

/** Returns the offset after the record. */
export function writeRecord(record: WalRecord, into: Buffer, offset: number): number {
  return record.type === 'leaf' ? writeLeaf(record, into, offset) : writeKey(record, into, offset);
}

function writeLeaf({ index, leaf, sealed }: LeafRecord, into: Buffer, offset: number): number {
  into[offset] = LEAF;
  into.writeUIntBE(index, offset + 1, 6);
  into.writeUInt16BE(leaf.length, offset + 7);
  into.set(leaf, offset + 9);
  let at = offset + 9 + leaf.length;
  into[at++] = sealed.length;
  for (const bytes of sealed) at = writeLong(bytes, into, at);
  return at;
}

function writeKey(record: KeyRecord, into: Buffer, offset: number): number {
  into[offset] = KEY;
  let at = offset + 1;
  for (const text of [record.session, record.kek]) {
    into[at++] = text.length;
    at += into.write(text, at, 'latin1');
  }
  return writeLong(record.wrapped, into, at);
}

function writeLong(bytes: Uint8Array, into: Buffer, offset: number): number {
  into.writeUInt32BE(bytes.length, offset);
  into.set(bytes, offset + 4);
  return offset + 4 + bytes.length;
}

/**
 * The records of a frame's body; its checksum has been checked, so they are as they were written.
 */
export function readRecords(body: Buffer): WalRecord[] {
  const reader = new Reader(body);
  const records: WalRecord[] = [];
  while (!reader.done) records.push(readRecord(reader));
  return records;
}

function readRecord(reader: Reader): WalRecord {
  if (reader.number(1) === KEY) {
    const session = reader.take(reader.number(1)).toString('latin1');
    const kek = reader.take(reader.number(1)).toString('latin1');
    return { type: 'key', session, kek, wrapped: reader.take(reader.number(4)) };
  }
  const index = reader.number(6);
  const leaf = reader.take(reader.number(2));
  const count = reader.number(1);
  const sealed = Array.from({ length: count }, () => reader.take(reader.number(4)));
  return { type: 'leaf', index, leaf, sealed };
}

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  number(width: number): number {
    const value = this.#bytes.readUIntBE(this.#at, width);
    this.#at += width;
    return value;
  }

  take(length: number): Buffer {
    const from = this.#at;
    this.#at += length;
    return this.#bytes.subarray(from, this.#at);
  }
}

import { CodedError } from '@spoor/core';

/**
 * Protobuf's wire format, read where it lies. Every read is checked against the end of the message
 * that it is in; whatever is wrong is OTLP_INVALID. Groups, which proto3 has not, are refused.
 */
export class WireReader {
  readonly bytes: Buffer;
  at = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  /** Field number times eight plus wire type. */
  tag(end: number): number {
    const tag = this.uint(end);
    if (tag < FIRST_TAG) throw invalid('field 0');
    return tag;
  }

  /** A varint of at most 32 bits. */
  uint(end: number): number {
    const first = this.byte(end);
    if (first < 0x80) return first;
    let value = first & 0x7f;
    let scale = 0x80;
    for (let read = 1; read < UINT_BYTES_MAX; read++) {
      const byte = this.byte(end);
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (value > UINT_MAX) throw invalid('varint');
        return value;
      }
      scale *= 0x80;
    }
    throw invalid('varint');
  }

  /** The lower 32 bits of a varint as an int32: all that an enumeration or a flag needs. */
  small(end: number): number {
    let value = 0;
    for (let read = 0; read < VARINT_BYTES_MAX; read++) {
      const byte = this.byte(end);
      if (read < UINT_BYTES_MAX) value |= (byte & 0x7f) << (7 * read);
      if (byte < 0x80) return value;
    }
    throw invalid('varint');
  }

  /** An int64: decimal text where a number cannot hold it. */
  int64(end: number): number | string {
    const from = this.at;
    let low = 0;
    let scale = 1;
    for (let read = 0; read < VARINT_BYTES_MAX; read++) {
      const byte = this.byte(end);
      if (read < SAFE_BYTES) low += (byte & 0x7f) * scale;
      if (byte < 0x80) return read < SAFE_BYTES ? low : this.#bigInt64(from);
      scale *= 0x80;
    }
    throw invalid('varint');
  }

  /** Milliseconds out of a fixed64 of nanoseconds. */
  nanos(end: number): number {
    const at = this.#take(8, end);
    const { bytes } = this;
    return (bytes.readUInt32LE(at + 4) * 4_294_967_296 + bytes.readUInt32LE(at)) / 1e6;
  }

  double(end: number): number {
    return this.bytes.readDoubleLE(this.#take(8, end));
  }

  /** Reads a length; returns where what it announces ends. */
  message(end: number): number {
    const stop = this.uint(end) + this.at;
    if (stop > end) throw invalid('length');
    return stop;
  }

  /** Steps over a field of no interest. */
  skip(tag: number, end: number): void {
    switch (tag & 7) {
      case 0:
        this.small(end);
        break;
      case 1:
        this.#take(8, end);
        break;
      case 2:
        this.at = this.message(end);
        break;
      case 5:
        this.#take(4, end);
        break;
      default:
        throw invalid('wire type');
    }
  }

  byte(end: number): number {
    if (this.at >= end) throw invalid('end');
    return this.bytes[this.at++] as number;
  }

  #take(count: number, end: number): number {
    const { at } = this;
    if (at + count > end) throw invalid('end');
    this.at = at + count;
    return at;
  }

  #bigInt64(from: number): number | string {
    let value = 0n;
    for (let i = this.at - 1; i >= from; i--) {
      value = (value << 7n) | BigInt((this.bytes[i] as number) & 0x7f);
    }
    const signed = BigInt.asIntN(64, value);
    const number = Number(signed);
    return Number.isSafeInteger(number) ? number : String(signed);
  }
}

const FIRST_TAG = 8;
const UINT_BYTES_MAX = 5;
const UINT_MAX = 0xffff_ffff;
const VARINT_BYTES_MAX = 10;
/** Seven groups of seven bits are 49, which a number holds. */
const SAFE_BYTES = 7;

/** The word says what was wrong and nothing of the content. */
export const invalid = (what: string): CodedError => new CodedError('OTLP_INVALID', what);

import { hash } from 'node:crypto';
import { LIMITS } from '@spoor/core';
import type { NewLeaf } from './publish.ts';
import type { SealedRecord } from './vault/vault.ts';
import { type KeyRecord, type LeafRecord, recordBytes } from './wal/record.ts';

/** A sequenced entry or a session key, from append to publication. */
export interface Item {
  /** Counts all items of this run, from 1. */
  readonly ordinal: number;
  readonly record: LeafRecord | KeyRecord;
  /** Leaf hash, hexadecimal; '' of a key. */
  readonly leafHash: string;
  readonly sealed: readonly SealedRecord[];
  readonly bytes: number;
}

/** The leaf after the zero byte that RFC 6962 puts before it, so that hashing copies nothing. */
export function prefixLeaf(text: string): Buffer {
  const prefixed = Buffer.allocUnsafe(text.length + 1);
  prefixed[0] = 0;
  prefixed.write(text, 1, 'latin1');
  return prefixed;
}

export const hashPrefixed = (prefixed: Buffer): string => hash('sha256', prefixed, 'hex');

export const newLeaves = (items: readonly Item[]): NewLeaf[] =>
  items.flatMap(({ record, leafHash }) =>
    record.type === 'leaf' ? [{ leaf: record.leaf, hash: Buffer.from(leafHash, 'hex') }] : [],
  );

export const keysOf = (items: readonly Item[]): KeyRecord[] =>
  items.flatMap(({ record }) => (record.type === 'key' ? [record] : []));

/** Items in order: first those that are durable, then those that are not. */
export class Queue {
  #items: Item[] = [];
  #durable = 0;
  #bytes = 0;
  #ordinal = 0;

  get all(): readonly Item[] {
    return this.#items;
  }

  /** Bytes held in memory. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Ordinal of the newest durable item. */
  get durableThrough(): number {
    return this.#ordinal - (this.#items.length - this.#durable);
  }

  /** Ordinal of the newest item. */
  get newest(): number {
    return this.#ordinal;
  }

  get publishedThrough(): number {
    return this.#ordinal - this.#items.length;
  }

  get isEmpty(): boolean {
    return this.#items.length === 0;
  }

  get hasDurable(): boolean {
    return this.#durable > 0;
  }

  get unwritten(): number {
    return this.#items.length - this.#durable;
  }

  add(record: Item['record'], leafHash: string, sealed: readonly SealedRecord[]): Item {
    const bytes = recordBytes(record);
    const item = { ordinal: ++this.#ordinal, record, leafHash, sealed, bytes };
    this.#items.push(item);
    this.#bytes += bytes;
    return item;
  }

  /** What the next write takes: all that waits, as far as one write may be. */
  nextGroup(itemsMax: number): Item[] {
    let end = this.#durable;
    let bytes = 0;
    for (let item = this.#items[end]; item !== undefined; item = this.#items[end]) {
      if (end > this.#durable && bytes + item.bytes > LIMITS.walBatchBytesMax) break;
      if (end - this.#durable >= itemsMax) break;
      bytes += item.bytes;
      end++;
    }
    return this.#items.slice(this.#durable, end);
  }

  written(count: number): void {
    this.#durable += count;
  }

  durable(): Item[] {
    return this.#items.slice(0, this.#durable);
  }

  published(count: number): void {
    for (const item of this.#items.slice(0, count)) this.#bytes -= item.bytes;
    this.#items = this.#items.slice(count);
    this.#durable -= count;
  }

  leaf(index: number): string | undefined {
    const found = this.#items.find(
      ({ record }) => record.type === 'leaf' && record.index === index,
    );
    return found?.record.type === 'leaf' ? found.record.leaf.toString('latin1') : undefined;
  }
}

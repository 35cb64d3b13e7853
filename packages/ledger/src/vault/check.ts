/** Is all sealed content there that the entries tell of? Needs no key: entries name ciphertexts. */
import { hash } from 'node:crypto';
import { LIMITS } from '@spoor/core';
import type { Leaf } from '../entry.ts';
import { readSealed, shreddedCipher } from '../seal/record.ts';
import type { LogSource } from '../verify/source.ts';
import { isShreddedKey, isVaultPlace, keyPath, packPath, readPack } from './pack.ts';

export interface PayloadReport {
  /** Contents that entries tell of. */
  readonly sealed: number;
  /** Not there, or without a key that opens them, and no entry says why. */
  readonly missing: number;
  /** Not there, as an entry says. */
  readonly shredded: number;
  /** Entries of the first that are missing. */
  readonly first: readonly number[];
}

interface Gone {
  readonly index: number;
  readonly session: string;
  readonly call: string;
}

const NAMED_MAX = 20;

/** Takes bundle after bundle, in order; one that begins at 0 begins anew. */
export class PayloadCheck {
  readonly #source: LogSource;
  readonly #packs: Map<string, Pack> = new Map();
  #sealed = 0;
  #gone: Gone[] = [];
  /** More is gone than is kept track of; each of those counts as missing. */
  #beyond = 0;
  #explained: Set<string> = new Set();

  /** @param source The folder of the log, with its vault. */
  constructor(source: LogSource) {
    this.#source = source;
  }

  async take(leaves: readonly Uint8Array[], first: number): Promise<void> {
    if (first === 0) {
      this.#sealed = 0;
      this.#gone = [];
      this.#beyond = 0;
      this.#explained = new Set();
    }
    for (const [i, bytes] of leaves.entries()) {
      const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
      if (text.includes('"content":[')) await this.#content(JSON.parse(text) as Leaf, first + i);
      else if (EXPLAINS.some((kind) => text.includes(kind)))
        this.#explain(JSON.parse(text) as Leaf);
    }
  }

  report(): PayloadReport {
    const missing = this.#gone.filter(
      ({ session, call }) => !this.#explained.has(session) && !this.#explained.has(call),
    );
    return {
      sealed: this.#sealed,
      missing: missing.length + this.#beyond,
      shredded: this.#gone.length - missing.length,
      first: missing.slice(0, NAMED_MAX).map(({ index }) => index),
    };
  }

  async #content({ session = '', call = '', content = [] }: Leaf, index: number): Promise<void> {
    for (const { kek, cipher } of content) {
      this.#sealed++;
      const pack = isVaultPlace(session, kek) ? await this.#pack(session, kek) : undefined;
      if (pack?.isOpenable === true && pack.ciphers.has(cipher)) continue;
      if (this.#gone.length < LIMITS.verifyGoneMax) this.#gone.push({ index, session, call });
      else this.#beyond++;
    }
  }

  /** Both say whose content went: whole sessions, or single calls. */
  #explain({ kind, detail = {} }: Leaf): void {
    if (kind !== 'payload.shredded' && kind !== 'retention.pruned') return;
    for (const ids of [detail.sessions, detail.calls]) {
      if (!Array.isArray(ids)) continue;
      for (const id of ids) this.#explained.add(String(id));
    }
  }

  async #pack(session: string, kek: string): Promise<Pack> {
    const path = packPath(session, kek);
    const known = this.#packs.get(path);
    if (known !== undefined) return known;
    const wrapped = await this.#source.read(keyPath(session, kek));
    const bytes = Buffer.from((await this.#source.read(path)) ?? []);
    const pack = {
      isOpenable: wrapped !== undefined && !isShreddedKey(wrapped),
      ciphers: ciphersOf(bytes),
    };
    const [oldest] = this.#packs.keys();
    if (this.#packs.size >= LIMITS.verifyPacksMax && oldest !== undefined) {
      this.#packs.delete(oldest);
    }
    this.#packs.set(path, pack);
    return pack;
  }
}

interface Pack {
  /** Its key is there. */
  readonly isOpenable: boolean;
  readonly ciphers: ReadonlySet<string>;
}

const EXPLAINS = ['"kind":"payload.shredded"', '"kind":"retention.pruned"'];

function ciphersOf(bytes: Buffer): Set<string> {
  const ciphers = new Set<string>();
  for (const record of readPack(bytes)) {
    const sealed = shreddedCipher(record.bytes) === undefined && readSealed(record.bytes);
    if (sealed) ciphers.add(hash('sha256', sealed.ciphertext));
  }
  return ciphers;
}

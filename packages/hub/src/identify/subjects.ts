import { rmSync, statSync } from 'node:fs';
import { appendFile, link, open, readFile, rename } from 'node:fs/promises';
import { CodedError, LIMITS, type Random, toHex } from '@spoor/core';
import type { IdentitySubject } from '@spoor/edge/identity';
import { destroyFile } from '@spoor/edge/overwrite';
import { pseudonymOf } from './pseudonym.ts';

/** One subject: how it is found, its own key, and what it is called. All hexadecimal. */
interface Row {
  readonly who: string;
  readonly key: string;
  readonly pseudonym: string;
}

/** A subject without those that act for it. */
export type Named = Pick<IdentitySubject, 'issuer' | 'subject'>;

const HEX = /^[0-9a-f]{32}$/;
const KEY_BYTES = 32;

/**
 * Pseudonyms of proved subjects, each under a key of its own: without the key, nobody finds out
 * whose pseudonym it was, not even by trying names. Deleting a key is how a person is forgotten.
 */
export class Subjects {
  readonly #path: string;
  readonly #finder: Uint8Array;
  readonly #random: Random;
  readonly #rows: Map<string, Row>;
  #writing: Promise<void> = Promise.resolve();
  readonly counts = { subjectsWithoutKey: 0, subjectsNotKept: 0 };

  private constructor(path: string, finder: Uint8Array, random: Random, rows: Map<string, Row>) {
    this.#path = path;
    this.#finder = finder;
    this.#random = random;
    this.#rows = rows;
  }

  /**
   * @param finder The hub's own key: finds a subject's row without naming the subject.
   *
   * Throws CONFIG_UNREADABLE for a file that cannot be read; a row that was cut off is left out.
   */
  static async load(path: string, finder: Uint8Array, random: Random): Promise<Subjects> {
    destroyFormer(path);
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw new CodedError('CONFIG_UNREADABLE', path, error);
    });
    const rows = text.split('\n').flatMap((line) => rowOf(line) ?? []);
    return new Subjects(path, finder, random, new Map(rows.map((row) => [row.who, row])));
  }

  /**
   * The same for the same subject, from the first time on. A stop before the key is on disk leaves
   * a pseudonym that nobody can resolve, which is the safe way to lose it.
   */
  pseudonym({ issuer, subject }: IdentitySubject): string {
    const name = JSON.stringify([issuer, subject]);
    const who = pseudonymOf(this.#finder, name);
    const known = this.#rows.get(who);
    if (known !== undefined) return known.pseudonym;
    if (this.#rows.size >= LIMITS.identitySubjectsMax) {
      this.counts.subjectsWithoutKey += 1;
      return pseudonymOf(this.#finder, `without a key\n${name}`);
    }
    const key = this.#random.bytes(KEY_BYTES);
    const row = { who, key: toHex(key), pseudonym: pseudonymOf(key, name) };
    this.#rows.set(who, row);
    void this.#write(() => this.#append(row));
    return row.pseudonym;
  }

  /** Resolves when all keys so far are kept. */
  settled(): Promise<void> {
    return this.#writing;
  }

  /** The pseudonym that a subject has; undefined where it was never proved, or was forgotten. */
  known({ issuer, subject }: Named): string | undefined {
    return this.#rows.get(pseudonymOf(this.#finder, JSON.stringify([issuer, subject])))?.pseudonym;
  }

  /**
   * Deletes the key behind a pseudonym, on disk too; false where there is none. Rejects where the
   * disk refuses, and then the key is still there.
   */
  async forget(pseudonym: string): Promise<boolean> {
    const found = [...this.#rows.values()].find((row) => row.pseudonym === pseudonym);
    if (found === undefined) return false;
    await this.#write(async () => {
      const others = [...this.#rows.values()].filter((row) => row !== found);
      await replace(this.#path, others.map(lineOf).join(''));
      this.#rows.delete(found.who);
    });
    return true;
  }

  async #append(row: Row): Promise<void> {
    try {
      await appendFile(this.#path, lineOf(row), { mode: 0o600, flush: true });
    } catch {
      // It is known until the hub stops, and is another one then: better than no call.
      this.counts.subjectsNotKept += 1;
    }
  }

  /** One after another. */
  #write(work: () => Promise<void>): Promise<void> {
    const done = this.#writing.then(work);
    this.#writing = done.catch(() => undefined);
    return done;
  }
}

const lineOf = (row: Row): string => `${JSON.stringify(row)}\n`;

function rowOf(line: string): Row | undefined {
  try {
    const { who, key, pseudonym } = JSON.parse(line) as Partial<Row>;
    const whole = [who, pseudonym].every((one) => typeof one === 'string' && HEX.test(one));
    return whole && typeof key === 'string' ? ({ who, key, pseudonym } as Row) : undefined;
  } catch {
    return undefined;
  }
}

/** Where the file before a replacement lies until its bytes are gone. */
const formerOf = (path: string): string => `${path}.former`;

/** Finishes what a stop has left open. Until the new file took its place, the old one holds. */
function destroyFormer(path: string): void {
  const former = statSync(formerOf(path), { throwIfNoEntry: false });
  if (former === undefined) return;
  const isInUse = statSync(path, { throwIfNoEntry: false })?.ino === former.ino;
  if (isInUse) rmSync(formerOf(path));
  else destroyFile(formerOf(path));
}

/**
 * Whole or not at all, and on disk when it returns; of what stood there before, nothing is left in
 * what the disk was given back.
 */
async function replace(path: string, text: string): Promise<void> {
  const next = `${path}.next`;
  const file = await open(next, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  destroyFormer(path);
  await link(path, formerOf(path)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  await rename(next, path);
  destroyFormer(path);
}

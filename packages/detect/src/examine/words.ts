import {
  CODE_WORDS,
  CUE_GROUPS,
  INSTRUCTION_WEIGHT,
  PASSAGE_CHARS,
  SQL_STATEMENTS,
} from './cues.ts';
import { rot13 } from './decode.ts';
import { Lexicon } from './lexicon.ts';
import type { Reading } from './reading.ts';
import { addSecretLiterals, type SecretHint, secretAt } from './secrets.ts';

type Meaning =
  | { readonly kind: 'secret'; readonly hint: SecretHint }
  | { readonly kind: 'cue'; readonly group: number }
  | { readonly kind: 'code'; readonly bit: number }
  | { readonly kind: 'sql' }
  | { readonly kind: 'rotated' };

const lexicon = new Lexicon<Meaning>();
addSecretLiterals<Meaning>(lexicon, (hint) => ({ kind: 'secret', hint }));
for (const [group, { phrases }] of CUE_GROUPS.entries()) {
  for (const phrase of phrases) lexicon.add(phrase, { kind: 'cue', group });
}
for (const [index, word] of CODE_WORDS.entries()) {
  lexicon.add(word, { kind: 'code', bit: 1 << (index % 31) });
}
for (const statement of SQL_STATEMENTS) lexicon.add(statement, { kind: 'sql' });

/** Words that, turned by 13 letters, are no words of any language. */
const TELLING =
  'ignore previous instruction password secret confidential credential akia ghp_ xoxb';
for (const word of TELLING.split(' ')) lexicon.add(rot13(word), { kind: 'rotated' });

// More phrases than these in one text cannot change what is said of it.
const CUES_MAX = 4_096;

/**
 * What the words of one text mean. One instance is reused: a fresh one per string costs more than
 * the look-up.
 */
export class Words {
  #code = 0;
  #sql = false;
  rotated = false;
  readonly #cueAt: number[] = [];
  readonly #cueGroup: number[] = [];
  #text = '';
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #secretEnd = 0;
  #reading: Reading | undefined;

  open(reading: Reading): void {
    this.#reading = reading;
    this.#text = reading.text;
    this.#bytes = reading.codes.bytes;
    this.#code = 0;
    this.#sql = false;
    this.rotated = false;
    if (this.#cueAt.length > 0) this.#cueAt.length = this.#cueGroup.length = 0;
  }

  /** A word begins at `at`. Returns where a secret that begins here ends, else 0. */
  at(at: number): number {
    if (!lexicon.canBegin(this.#bytes, at)) return 0;
    this.#at = at;
    this.#secretEnd = 0;
    lexicon.match(this.#text, this.#bytes, at, this.#found);
    return this.#secretEnd;
  }

  readonly #found = (meaning: Meaning, end: number): void => {
    switch (meaning.kind) {
      case 'secret':
        this.#secret(meaning.hint, end);
        break;
      case 'cue':
        if (this.#cueAt.length < CUES_MAX) {
          this.#cueAt.push(this.#at);
          this.#cueGroup.push(meaning.group);
        }
        break;
      case 'code':
        this.#code |= meaning.bit;
        break;
      case 'rotated':
        this.rotated = true;
        break;
      case 'sql':
        this.#sql = true;
    }
  };

  #secret(hint: SecretHint, end: number): void {
    const reading = this.#reading;
    if (!reading || this.#secretEnd > 0) return;
    if (!reading.secrets.take()) {
      reading.truncated = true;
      return;
    }
    const found = secretAt(this.#text, this.#at, end, hint);
    if (!found) return;
    this.#secretEnd = found.end;
    reading.mark('secret', found.start, found.end);
    const value = this.#text.slice(found.start, found.end).replace(/\s+/g, '');
    reading.atom('token', value.toLowerCase(), found.start, 'secret');
  }

  /** Says what the whole text amounts to. */
  close(): void {
    const reading = this.#reading;
    if (!reading) return;
    if (bits(this.#code) >= 3) reading.count('code');
    if (this.#sql) reading.count('sql');
    if (this.#cueAt.length > 1) this.#passages(reading);
  }

  #passages(reading: Reading): void {
    for (let first = 0; first < this.#cueAt.length; ) {
      const start = this.#cueAt[first] ?? 0;
      let last = first;
      let groups = 0;
      while (last < this.#cueAt.length && (this.#cueAt[last] ?? 0) - start <= PASSAGE_CHARS) {
        groups |= 1 << (this.#cueGroup[last] ?? 0);
        last++;
      }
      if (weight(groups) >= INSTRUCTION_WEIGHT) {
        reading.instruct(start - PASSAGE_CHARS / 2, start + PASSAGE_CHARS);
        first = last;
      } else first++;
    }
  }
}

const weight = (groups: number): number =>
  CUE_GROUPS.reduce((sum, group, i) => sum + (groups & (1 << i) ? group.weight : 0), 0);

function bits(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count++;
  return count;
}

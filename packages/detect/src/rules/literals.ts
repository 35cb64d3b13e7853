import { alternatives, bestFirst, type Exact, joined, type Needs, needsOf } from './exact.ts';

/** What is known of a regular expression without compiling it. */
export interface RegexReading {
  /** Every match of it holds, folded, one text of each of these sets. */
  readonly needs: Needs;
  /** It is one in RE2's syntax for sure; where not, only compiling tells. */
  readonly sure: boolean;
}

/** Sets that are looked for; of more, few are rarer than these. */
const NEEDS_MAX = 3;

/**
 * Reads RE2's syntax; of what it does not know it claims nothing. A text is found much faster than
 * an expression runs, and most expressions have nothing to find.
 */
export function readRegex(source: string): RegexReading {
  const reader = new Reader(source);
  try {
    const found = reader.alternation(0);
    if (!reader.atEnd) return { needs: [], sure: false };
    return { needs: bestFirst(needsOf(found)).slice(0, NEEDS_MAX), sure: reader.sure };
  } catch (unknown) {
    if (unknown instanceof UnknownSyntax) return { needs: [], sure: false };
    throw unknown;
  }
}

class UnknownSyntax extends Error {}

/** Stands in a set for any character outside ASCII. */
export const WIDE = '\u{10ffff}';

interface Found {
  /** Where it matches these texts and no others. */
  readonly exact?: Exact;
  readonly needs: Needs;
  /** How often at most something is written out in it. */
  readonly repeats: number;
}

const NOTHING: Found = { needs: [], repeats: 1 };
const EMPTY: Found = { exact: [''], needs: [], repeats: 1 };
const SPACES: Found = { exact: [' '], needs: [], repeats: 1 };
const WIDE_ONLY: Found = { needs: [[WIDE]], repeats: 1 };

const DEPTH_MAX = 100;
/** RE2 takes no more, and neither do groups of repeats multiply to more. */
const REPEATS_MAX = 1_000;
/** Larger classes say little. */
const CLASS_MAX = 4;
const WRITTEN_OUT_MAX = 4;

type Range = readonly [string, string];

const ANYTHING: Range = ['\0', '\u{10ffff}'];

class Reader {
  sure = true;
  readonly #source: readonly string[];
  #at = 0;
  #depth = 0;

  constructor(source: string) {
    this.#source = Array.from(source);
  }

  get atEnd(): boolean {
    return this.#at >= this.#source.length;
  }

  alternation(depth: number): Found {
    if (depth > DEPTH_MAX) this.#giveUp();
    this.#depth = depth;
    const branches = [this.#concatenation()];
    while (this.#accept('|')) branches.push(this.#concatenation());
    const [only] = branches;
    if (branches.length === 1 && only) return only;
    return { ...alternatives(branches), repeats: mostOf(branches) };
  }

  #concatenation(): Found {
    const needs: Exact[] = [];
    let run: Exact = [''];
    let whole = true;
    let repeats = 1;
    const end = (): void => {
      needs.push(...needsOf({ exact: run, needs: [] }));
      run = [''];
      whole = false;
    };
    while (!this.atEnd && this.#peek() !== '|' && this.#peek() !== ')') {
      const found = this.#quantified(this.#atom());
      repeats = Math.max(repeats, found.repeats);
      const longer = found.exact && joined(run, found.exact);
      if (longer) run = longer;
      else {
        end();
        if (found.exact) run = found.exact;
        else needs.push(...found.needs);
      }
    }
    if (whole) return { exact: run, needs: [], repeats };
    end();
    return { needs, repeats };
  }

  #atom(): Found {
    const character = this.#next();
    if (character === '(') return this.#group();
    if (character === '[') return this.#class();
    if (character === '\\') return this.#escape();
    if (character === '^' || character === '$') return EMPTY;
    if (character === '.') return NOTHING;
    // A quantifier without anything before it.
    if ('*+?{'.includes(character)) this.sure = false;
    return literal(character);
  }

  #group(): Found {
    const depth = this.#depth;
    if (this.#accept('?')) {
      const rest = this.#rest(48);
      const name = /^P?<\w+>/.exec(rest)?.[0];
      const head =
        name ?? /^(?:[imsU]*(?:-[imsU]+)?:|[imsU]+(?:-[imsU]+)?\)|-[imsU]+\))/.exec(rest)?.[0];
      if (head === undefined) return this.#giveUp();
      if (name !== undefined) this.sure = false;
      this.#at += head.length;
      if (head.endsWith(')')) {
        // A quantifier would have nothing before it.
        if ('*+?{'.includes(this.#peek())) this.sure = false;
        return EMPTY;
      }
    }
    const inner = this.alternation(depth + 1);
    this.#depth = depth;
    return this.#accept(')') ? inner : this.#giveUp();
  }

  /** One of few characters is as good as an alternative of them. */
  #class(): Found {
    const not = this.#accept('^');
    const ranges: Range[] = [];
    for (let first = true; first || this.#peek() !== ']'; first = false) {
      if (this.atEnd) this.#giveUp();
      ranges.push(this.#range());
    }
    this.#next();
    return not ? NOTHING : classOf(ranges);
  }

  #range(): Range {
    const low = this.#member();
    if (this.#peek() !== '-' || this.#source[this.#at + 1] === ']')
      return low === undefined ? ANYTHING : [low, low];
    this.#next();
    const high = this.#member();
    if (low === undefined || high === undefined || codeOf(low) > codeOf(high)) this.sure = false;
    return low === undefined || high === undefined ? ANYTHING : [low, high];
  }

  /** Undefined for what is more than one character. */
  #member(): string | undefined {
    const posix = /^\[:\^?\w+:\]/.exec(this.#rest(16))?.[0];
    if (posix !== undefined) {
      this.sure = false;
      this.#at += posix.length;
      return undefined;
    }
    const character = this.#next();
    if (character !== '\\') return character;
    const escaped = this.#next();
    if (/^[dDwWS]$/.test(escaped)) return undefined;
    if (escaped === 's') return ' ';
    return this.#character(escaped);
  }

  #escape(): Found {
    const escaped = this.#next();
    if (/^[AzbB]$/.test(escaped)) return EMPTY;
    if (/^[dDwWS]$/.test(escaped)) return NOTHING;
    if (escaped === 's') return SPACES;
    if (escaped !== 'p' && escaped !== 'P') return literal(this.#character(escaped));
    this.sure = false;
    this.#at += /^(?:\{[^}]*\}|.)/su.exec(this.#rest(48))?.[0].length ?? 0;
    return NOTHING;
  }

  /** The one character that an escape stands for. */
  #character(escaped: string): string {
    if (/^[!-/:-@[-`{-~]$/.test(escaped) && escaped !== '_') return escaped;
    if (/^[nrtfv]$/.test(escaped)) return ' ';
    if (escaped === 'a') return '\u0007';
    if (escaped !== 'x') return this.#giveUp();
    const found = /^(?:\{([0-9a-fA-F]{1,6})\}|([0-9a-fA-F]{2}))/.exec(this.#rest(8));
    const code = Number.parseInt(found?.[1] ?? found?.[2] ?? '', 16);
    if (!found || code > 0x10ffff) return this.#giveUp();
    this.#at += found[0].length;
    return String.fromCodePoint(code);
  }

  /** How often what was just read stands there. */
  #quantified(found: Found): Found {
    const [least, most] = this.#quantifier();
    if (least === 1 && most === 1) return found;
    const times = Number.isFinite(most) ? most : Math.max(1, least);
    const repeats = found.repeats * Math.max(1, times);
    if (repeats > REPEATS_MAX || least > most) this.sure = false;
    const { exact } = found;
    // Runs of white space are one space where texts are looked for.
    if (exact?.join() === ' ' && least > 0) return { ...SPACES, repeats };
    if (exact && least === 0 && most === 1 && !exact.includes(''))
      return { exact: [...exact, ''], needs: [], repeats };
    if (least === 0) return { needs: [], repeats };
    if (exact && least === most && least <= WRITTEN_OUT_MAX) {
      const written = new Array<Exact>(least).fill(exact);
      const all = written.reduce<Exact | undefined>((sum, one) => sum && joined(sum, one), ['']);
      if (all) return { exact: all, needs: [], repeats };
    }
    return { needs: needsOf(found), repeats };
  }

  #quantifier(): readonly [number, number] {
    if (!'*+?{'.includes(this.#peek())) return [1, 1];
    const form = /^(?:[*+?]|\{(\d{1,4})(?:(,)(\d{0,4}))?\})/;
    const found = form.exec(this.#rest(12));
    if (!found) return [1, 1];
    this.#at += found[0].length;
    this.#accept('?');
    if ('*+?{'.includes(this.#peek()) && form.test(this.#rest(12))) this.sure = false;
    if (found[0] === '?') return [0, 1];
    if (found[0] === '*') return [0, Number.POSITIVE_INFINITY];
    if (found[0] === '+') return [1, Number.POSITIVE_INFINITY];
    const least = Number(found[1]);
    if (found[2] === undefined) return [least, least];
    return [least, found[3] === '' ? Number.POSITIVE_INFINITY : Number(found[3])];
  }

  #rest(characters: number): string {
    return this.#source.slice(this.#at, this.#at + characters).join('');
  }

  #peek(): string {
    return this.#source[this.#at] ?? '';
  }

  #next(): string {
    return this.#source[this.#at++] ?? '';
  }

  #accept(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#at++;
    return true;
  }

  #giveUp(): never {
    throw new UnknownSyntax();
  }
}

const codeOf = (character: string): number => character.codePointAt(0) ?? 0;

const mostOf = (all: readonly Found[]): number =>
  all.reduce((most, { repeats }) => Math.max(most, repeats), 1);

/** Outside ASCII, only what has no upper and lower case is looked for as it is. */
function literal(character: string): Found {
  const code = codeOf(character);
  if (code < 128) return { exact: [foldedAscii(character)], needs: [], repeats: 1 };
  if (foldsToAscii(code)) return NOTHING;
  const caseless = character.toLowerCase() === character.toUpperCase();
  return caseless ? { exact: [character], needs: [], repeats: 1 } : WIDE_ONLY;
}

const foldedAscii = (character: string): string =>
  /^[\t-\r ]$/.test(character) ? ' ' : character.toLowerCase();

/** The long s, and the sign for kelvin. */
const foldsToAscii = (code: number): boolean => code === 0x17f || code === 0x212a;

function classOf(ranges: readonly Range[]): Found {
  const spans = ranges.map(([low, high]) => [codeOf(low), codeOf(high)] as const);
  const holds = (code: number): boolean => spans.some(([low, high]) => low <= code && code <= high);
  if (spans.every(([low]) => low >= 128))
    return holds(0x17f) || holds(0x212a) ? NOTHING : WIDE_ONLY;
  const count = spans.reduce((sum, [low, high]) => sum + high - low + 1, 0);
  if (count > 2 * CLASS_MAX || spans.some(([, high]) => high >= 128)) return NOTHING;
  const codes = spans.flatMap(([low, high]) => {
    return Array.from({ length: Math.max(0, high - low + 1) }, (_, at) => low + at);
  });
  const exact = [...new Set(codes.map((code) => foldedAscii(String.fromCodePoint(code))))];
  return exact.length > CLASS_MAX ? NOTHING : { exact, needs: [], repeats: 1 };
}

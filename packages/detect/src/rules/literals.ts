type Literals = readonly string[];

/**
 * Texts of which every match of a regular expression contains at least one, in lower case;
 * undefined where there is no such set that is worth looking for. A text is found much faster than
 * an expression runs, and most expressions have nothing to find.
 */
export const requiredLiterals = (source: string): Literals | undefined =>
  bestOf(requiredSets(source));

/**
 * All such sets that one concatenation gives: every match contains a text of each. Empty where
 * nothing is known.
 */
export function requiredSets(source: string): readonly Literals[] {
  const reader = new Reader(source);
  try {
    const { needs } = reader.alternation();
    return reader.atEnd ? needs : [];
  } catch (unknown) {
    if (unknown instanceof UnknownSyntax) return [];
    throw unknown;
  }
}

class UnknownSyntax extends Error {}

/** Shorter ones stand in every text, but for marks that words have not. */
const CHARS_MIN = 3;
const RARE_MARK = /[@~$/\\{[<(=+]/;
const LITERALS_MAX = 48;

interface Found {
  /** Where it matches this text and no other. */
  readonly exact?: string;
  readonly needs: readonly Literals[];
}

const NOTHING: Found = { needs: [] };

/** Reads RE2's syntax; of what it does not know it claims nothing. */
class Reader {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  get atEnd(): boolean {
    return this.#at >= this.#source.length;
  }

  alternation(): Found {
    const branches = [this.#concatenation()];
    while (this.#accept('|')) branches.push(this.#concatenation());
    const [only] = branches;
    if (branches.length === 1 && only) return only;
    const best = branches.map(({ needs }) => bestOf(needs));
    if (best.includes(undefined)) return NOTHING;
    const all = [...new Set(best.flatMap((one) => one ?? []))];
    return all.length > LITERALS_MAX ? NOTHING : { needs: [all] };
  }

  #concatenation(): Found {
    let run = '';
    const sets: Literals[] = [];
    let whole = true;
    const end = (needs: readonly Literals[]): void => {
      if (worthwhile(run)) sets.push([run]);
      sets.push(...needs);
      run = '';
      whole = false;
    };
    while (!this.atEnd && this.#peek() !== '|' && this.#peek() !== ')') {
      const atom = this.#atom();
      const [least, most] = this.#quantifier();
      if (atom.exact === undefined || least === 0) end(least === 0 ? [] : atom.needs);
      else {
        run += atom.exact;
        if (most !== 1) end([]);
      }
    }
    if (worthwhile(run)) sets.push([run]);
    return { ...(whole && { exact: run }), needs: sets };
  }

  #atom(): Found {
    const character = this.#next();
    if (character === '(') return this.#group();
    if (character === '[') return this.#class();
    if (character === '\\') return this.#escape();
    return /[\w ,:;<>="'`~!@#%&/-]/.test(character) ? literal(character) : NOTHING;
  }

  #group(): Found {
    if (this.#accept('?')) {
      const head = /^(?:P?<\w+>|[imsU-]*:)/.exec(this.#source.slice(this.#at))?.[0];
      const flags = /^[imsU-]*\)/.exec(this.#source.slice(this.#at))?.[0];
      this.#at += (head ?? flags ?? '').length;
      if (head === undefined) return flags === undefined ? this.#giveUp() : NOTHING;
    }
    const inner = this.alternation();
    return this.#accept(')') ? inner : this.#giveUp();
  }

  /** What is in a class is one of many characters. */
  #class(): Found {
    this.#accept('^');
    this.#accept(']');
    while (!this.atEnd && this.#peek() !== ']') {
      const posix = /^\[:\^?\w+:\]/.exec(this.#source.slice(this.#at))?.[0];
      if (posix !== undefined) this.#at += posix.length;
      else if (this.#next() === '\\') this.#next();
    }
    return this.#accept(']') ? NOTHING : this.#giveUp();
  }

  #escape(): Found {
    const character = this.#next();
    if (/^[!-/:-@[-`{-~]$/.test(character) && character !== '_') return literal(character);
    const rest = this.#source.slice(this.#at);
    const long = { x: /^(?:\{[^}]*\}|[0-9a-fA-F]{2})/, p: /^(?:\{[^}]*\}|.)/ };
    if (character === 'x') this.#at += long.x.exec(rest)?.[0].length ?? 0;
    else if (character === 'p' || character === 'P') this.#at += long.p.exec(rest)?.[0].length ?? 0;
    else if (!/^[dDwWsSbBAznrtfv]$/.test(character)) this.#giveUp();
    return NOTHING;
  }

  /** How often at least, and at most. */
  #quantifier(): readonly [number, number] {
    const found = /^(?:[*+?]|\{(\d+)(,?)(\d*)\})/.exec(this.#source.slice(this.#at));
    if (!found) return [1, 1];
    this.#at += found[0].length;
    this.#accept('?');
    if (found[0] === '?') return [0, 1];
    if (found[0] === '*') return [0, Number.POSITIVE_INFINITY];
    if (found[0] === '+') return [1, Number.POSITIVE_INFINITY];
    const least = Number(found[1]);
    // `a{3}` is more than one `a`, of which one is claimed.
    return [least, least === 1 && found[2] === '' ? 1 : Number.POSITIVE_INFINITY];
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

const literal = (character: string): Found => ({ exact: character.toLowerCase(), needs: [] });

/** The set whose shortest text is longest finds least by chance. */
const bestOf = (sets: readonly Literals[]): Literals | undefined =>
  sets.reduce<Literals | undefined>(
    (best, set) => (best && worth(best) >= worth(set) ? best : set),
    undefined,
  );

const worthwhile = (run: string): boolean => run.length >= CHARS_MIN || RARE_MARK.test(run);

const worth = (set: Literals): number =>
  Math.min(...set.map(({ length }) => length)) - Math.log2(set.length);

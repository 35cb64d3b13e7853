import { createHash } from 'node:crypto';

/** What a canary looks like to the server. */
export type Shape =
  | 'text'
  | 'path'
  | 'url'
  | 'email'
  | 'secret'
  | 'card'
  | 'baggage'
  | 'trace-state'
  | 'file-content'
  | 'environment';

/** A value that occurs nowhere else in the world, and where it was put. */
export interface Canary {
  /** What is looked for: the same in whatever text the value stands. */
  readonly token: string;
  readonly value: string;
  readonly shape: Shape;
  /** `read_file path`: tool and argument, or carrier and key. */
  readonly origin: string;
}

const PREFIX = 'spoor';
const TOKENS = /spoor[0-9a-z]{10}/gi;
const CARDS = /(?<!\d)4\d{15}(?!\d)/g;
/** Long runs in which a text may be hidden by an encoding. */
const BASE64 = /[A-Za-z0-9+/_-]{20,}={0,2}/g;
const HEX = /(?:[0-9a-f]{2}){15,}/gi;
const ENCODED_CHARS_MAX = 65_536;

/**
 * Canaries of one scan. They follow from where they are put alone, so that two scans of one server
 * say the same.
 */
export class Canaries {
  readonly #byToken = new Map<string, Canary>();
  #serial = 0;

  mint(shape: Shape, origin: string, wrap: (token: string) => string = (token) => token): Canary {
    this.#serial += 1;
    const digest = createHash('sha256').update(`${this.#serial}\n${shape}\n${origin}`).digest();
    const token = shape === 'card' ? cardOf(digest) : tokenOf(digest);
    const canary = { token, value: wrap(token), shape, origin };
    this.#byToken.set(token, canary);
    return canary;
  }

  /** Canaries in a text, as they are or in base64, hexadecimal or percent encoding. */
  in(text: string): readonly Canary[] {
    const found = new Set<Canary>();
    for (const layer of layersOf(text)) {
      for (const [token] of layer.matchAll(TOKENS)) this.#note(token.toLowerCase(), found);
      for (const [token] of layer.matchAll(CARDS)) this.#note(token, found);
    }
    return [...found];
  }

  #note(token: string, found: Set<Canary>): void {
    const canary = this.#byToken.get(token);
    if (canary !== undefined) found.add(canary);
  }
}

const TOKEN_CHARS = 10;

const tokenOf = (digest: Buffer): string =>
  PREFIX +
  BigInt(`0x${digest.toString('hex')}`)
    .toString(36)
    .slice(0, TOKEN_CHARS);

const CARD_DIGITS = 15;

/** A number that passes for a card's: sixteen digits whose last one is Luhn's. */
function cardOf(digest: Buffer): string {
  const body = `4${BigInt(`0x${digest.toString('hex')}`)}`.slice(0, CARD_DIGITS);
  const sum = [...body].reverse().reduce((total, digit, i) => {
    const value = Number(digit) * (i % 2 === 0 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return body + String((10 - (sum % 10)) % 10);
}

/** The text, and what is in it under one layer of encoding. */
function layersOf(text: string): readonly string[] {
  const layers = [text];
  const head = text.slice(0, ENCODED_CHARS_MAX);
  if (head.includes('%')) layers.push(percentDecoded(head));
  for (const [run] of head.matchAll(BASE64)) layers.push(Buffer.from(run, 'base64').toString());
  for (const [run] of head.matchAll(HEX)) layers.push(Buffer.from(run, 'hex').toString());
  return layers;
}

function percentDecoded(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (run) =>
    Buffer.from(run.replaceAll('%', ''), 'hex').toString(),
  );
}

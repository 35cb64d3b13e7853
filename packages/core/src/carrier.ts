import {
  BACKSLASH,
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
} from './punctuation.ts';
/**
 * Changes what travels beside a message, in the bytes of its frame: trace context, baggage and
 * identity in `_meta`. Every other byte stays as it is.
 */

/** Beside the keys of MCP, where a caller's proof of identity stands: it is meant for one hop. */
export const CARRIER_KEYS = ['traceparent', 'tracestate', 'baggage', 'dev.spoor/identity'] as const;
export type CarrierKey = (typeof CARRIER_KEYS)[number];

/** A text replaces the value, null takes the member out; what is not named is left alone. */
export type CarrierEdit = Readonly<Partial<Record<CarrierKey, Change | ChangeBy>>>;
export type Change = string | null | undefined;
/** Asked for each value that stands there. */
export type ChangeBy = (value: unknown) => Change;

/** Nothing goes on. */
export const TAKE_OUT: CarrierEdit = {
  traceparent: null,
  tracestate: null,
  baggage: null,
  'dev.spoor/identity': null,
};

/** Where a carrier may stand in a message; `any` is every member. */
interface Place {
  readonly carrier?: true;
  readonly members?: ReadonlyMap<string, Place>;
  readonly any?: Place;
}
const at = (members: Readonly<Record<string, Place>>): Place => ({
  members: new Map(Object.entries(members)),
});
const META = at({ _meta: { carrier: true } });
const MESSAGE: Place = at({
  // A server's requests of the modern era stand in a result, and their answers in the next leg.
  params: at({ _meta: { carrier: true }, inputResponses: { any: META } }),
  result: at({ _meta: { carrier: true }, inputRequests: { any: at({ params: META }) } }),
  // Nobody says how error data is built, so it is taken for a carrier itself.
  error: at({ data: { carrier: true, ...META } }),
});

/**
 * The frame's bytes with `edit` applied to each carrier of its message, or of all messages of a
 * batch; the same buffer where there is nothing to change. A member that comes twice is replaced
 * once and otherwise taken out. Bytes that are no JSON come back as they are.
 *
 * @param alsoGoes Other members of a carrier that are taken out.
 */
export function editCarrier(
  bytes: Uint8Array,
  edit: CarrierEdit,
  alsoGoes: (key: string) => boolean = () => false,
): Uint8Array {
  const walk = new Walk(bytes, (key) => changeOf(edit, alsoGoes, key));
  if (!walk.message() || walk.cuts.length === 0) return bytes;
  const cuts = walk.cuts
    .toSorted((a, b) => a.start - b.start)
    .map(({ text, ...cut }) => ({ ...cut, bytes: encoder.encode(text) }));
  const grown = cuts.reduce((sum, cut) => sum + cut.bytes.length - (cut.end - cut.start), 0);
  const out = new Uint8Array(bytes.length + grown);
  let from = 0;
  let to = 0;
  const put = (piece: Uint8Array): void => {
    out.set(piece, to);
    to += piece.length;
  };
  for (const cut of cuts) {
    put(bytes.subarray(from, cut.start));
    put(cut.bytes);
    from = cut.end;
  }
  put(bytes.subarray(from));
  return out;
}

/** What is to become of the member with this key. */
type Edit = (key: string) => Change | ChangeBy;

function changeOf(
  edit: CarrierEdit,
  alsoGoes: (key: string) => boolean,
  key: string,
): ReturnType<Edit> {
  if (Object.hasOwn(edit, key)) return edit[key as CarrierKey];
  return alsoGoes(key) ? null : undefined;
}

/** Bytes that go, and what stands there instead. No two overlap. */
interface Cut {
  readonly start: number;
  readonly end: number;
  readonly text?: string;
}

/** A member of a carrier: its key, its value, and the comma behind it if there is one. */
interface Member {
  readonly key: string | undefined;
  readonly start: number;
  readonly value: number;
  readonly end: number;
  readonly comma: number | undefined;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** No key that matters is longer, with each of its characters escaped. */
const KEY_BYTES_MAX = 6 * 256;

const isBlank = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/** Goes once through the frame. Its methods say whether what they read was whole. */
class Walk {
  readonly cuts: Cut[] = [];
  readonly #bytes: Uint8Array;
  readonly #edit: Edit;
  #at = 0;

  constructor(bytes: Uint8Array, edit: Edit) {
    this.#bytes = bytes;
    this.#edit = edit;
  }

  message(): boolean {
    this.#skipBlank();
    if (this.#bytes[this.#at] !== OPEN_ARRAY) return this.#value(MESSAGE);
    return this.#items(CLOSE_ARRAY, () => this.#value(MESSAGE));
  }

  /** A value of which only objects are looked into. */
  #value(place: Place | undefined): boolean {
    if (place === undefined || this.#bytes[this.#at] !== OPEN_OBJECT) return this.#skipValue();
    const cutter =
      place.carrier === true ? new Cutter(this.#bytes, this.#edit, this.cuts) : undefined;
    const whole = this.#items(CLOSE_OBJECT, () => this.#member(place, cutter));
    cutter?.end();
    return whole;
  }

  /** What stands between brackets, with commas between. */
  #items(close: number, item: () => boolean): boolean {
    this.#at += 1;
    this.#skipBlank();
    if (this.#bytes[this.#at] === close) {
      this.#at += 1;
      return true;
    }
    for (;;) {
      this.#skipBlank();
      if (!item()) return false;
      this.#skipBlank();
      const byte = this.#bytes[this.#at];
      this.#at += 1;
      if (byte === close) return true;
      if (byte !== COMMA) return false;
    }
  }

  #member(place: Place, cutter: Cutter | undefined): boolean {
    const start = this.#at;
    if (this.#bytes[start] !== QUOTE || !this.#skipString()) return false;
    const key = this.#keyText(start, this.#at);
    this.#skipBlank();
    if (this.#bytes[this.#at] !== COLON) return false;
    this.#at += 1;
    this.#skipBlank();
    const value = this.#at;
    const inner = place.any ?? (key === undefined ? undefined : place.members?.get(key));
    if (!this.#value(inner)) return false;
    if (cutter === undefined) return true;
    const end = this.#at;
    this.#skipBlank();
    const comma = this.#bytes[this.#at] === COMMA ? this.#at : undefined;
    cutter.take({ key, start, value, end, comma });
    return true;
  }

  /** Undefined for keys that are none of ours, or no text. */
  #keyText(start: number, end: number): string | undefined {
    if (end - start > KEY_BYTES_MAX) return undefined;
    const raw = this.#bytes.subarray(start, end);
    const text = decoder.decode(raw);
    if (!raw.includes(BACKSLASH)) return text.slice(1, -1);
    try {
      return JSON.parse(text) as string;
    } catch {
      return undefined;
    }
  }

  #skipValue(): boolean {
    const byte = this.#bytes[this.#at];
    if (byte === QUOTE) return this.#skipString();
    if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) return this.#skipNested();
    const start = this.#at;
    while (this.#at < this.#bytes.length && !this.#endsScalar()) this.#at += 1;
    return this.#at > start;
  }

  #endsScalar(): boolean {
    const byte = this.#bytes[this.#at];
    return byte === COMMA || byte === CLOSE_OBJECT || byte === CLOSE_ARRAY || isBlank(byte);
  }

  #skipNested(): boolean {
    for (let depth = 0; this.#at < this.#bytes.length; ) {
      const byte = this.#bytes[this.#at];
      if (byte === QUOTE) {
        if (!this.#skipString()) return false;
        continue;
      }
      this.#at += 1;
      if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth += 1;
      else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) depth -= 1;
      if (depth === 0) return true;
    }
    return false;
  }

  #skipString(): boolean {
    for (let from = this.#at + 1; ; ) {
      const end = this.#bytes.indexOf(QUOTE, from);
      if (end < 0) return false;
      let slashes = 0;
      while (this.#bytes[end - 1 - slashes] === BACKSLASH) slashes += 1;
      if (slashes % 2 === 0) {
        this.#at = end + 1;
        return true;
      }
      from = end + 1;
    }
  }

  #skipBlank(): void {
    while (isBlank(this.#bytes[this.#at])) this.#at += 1;
  }
}

/** Says what of one carrier goes; commas go so that JSON stays JSON. */
class Cutter {
  readonly #bytes: Uint8Array;
  readonly #edit: Edit;
  readonly #cuts: Cut[];
  readonly #replaced = new Set<string>();
  /** Members that go, since the last one that stays. */
  #going: Member[] = [];
  #lastKept: Member | undefined;

  constructor(bytes: Uint8Array, edit: Edit, cuts: Cut[]) {
    this.#bytes = bytes;
    this.#edit = edit;
    this.#cuts = cuts;
  }

  take(member: Member): void {
    const { value, end } = member;
    const text = this.#textFor(member);
    if (text === null) {
      this.#going.push(member);
      return;
    }
    if (text !== undefined) this.#cuts.push({ start: value, end, text });
    for (const gone of this.#going) {
      this.#cuts.push({ start: gone.start, end: (gone.comma ?? gone.end) + 1 });
    }
    this.#going = [];
    this.#lastKept = member;
  }

  /** What stands last goes with the comma before it. */
  end(): void {
    const last = this.#going.at(-1);
    const start = this.#lastKept === undefined ? this.#going[0]?.start : this.#lastKept.comma;
    if (last !== undefined && start !== undefined) this.#cuts.push({ start, end: last.end });
  }

  /** New text, null where it goes, undefined where it stays. */
  #textFor({ key, value, end }: Member): string | null | undefined {
    if (key === undefined) return undefined;
    const change = this.#edit(key);
    const wanted =
      typeof change === 'function' ? change(readValue(this.#bytes.subarray(value, end))) : change;
    if (typeof wanted !== 'string') return wanted;
    if (this.#replaced.has(key)) return null;
    this.#replaced.add(key);
    return JSON.stringify(wanted);
  }
}

/** Undefined where it is no JSON. */
function readValue(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch {
    return undefined;
  }
}

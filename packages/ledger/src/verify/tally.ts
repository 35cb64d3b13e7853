/** What a walk over the whole log counts beside its hashes. */
import { LIMITS } from '@spoor/core';

/** Requests whose result is not in the log. Not a fault of it: calls end when processes die. */
export interface Unanswered {
  readonly count: number;
  /** Entries of the first of them. */
  readonly first: readonly number[];
  /** More were under way at once than are kept track of, so the count is a lower bound. */
  readonly isPartial: boolean;
}

/** How many are named. */
const NAMED_MAX = 20;

const CALL = /"call":"([0-9a-f-]{36})"/;
const REQUEST = '"kind":"call.request"';
/** How a request can end: a list in the definitions that it brought, a denied call in that. */
const ENDS = ['"kind":"call.result"', '"kind":"definitions"', '"outcome":"denied"'];

/** What every entry about a key manifest has in it. */
export const MANIFEST_NOTED = '"what":"key.manifest"';

interface Expected {
  readonly serial: number;
  readonly digest: string;
}

export class Tally {
  readonly #expected: Expected | undefined;
  readonly #open: Map<string, number> = new Map();
  #isPartial = false;
  #lost = 0;

  /** @param expected The manifest that is taken to be the newest. */
  constructor(expected: Expected | undefined) {
    this.#expected = expected;
  }

  get unanswered(): Unanswered {
    const first = [...this.#open.values()].slice(0, NAMED_MAX);
    return { count: this.#open.size + this.#lost, first, isPartial: this.#isPartial };
  }

  /** Takes the entries of one bundle; a text says why the manifest is not the newest. */
  take(text: string, leaves: readonly Uint8Array[], first: number): string | undefined {
    if (text.includes('"call":')) {
      let at = 0;
      for (const [i, { length }] of leaves.entries()) {
        this.#call(text.slice(at + 2, at + 2 + length), first + i);
        at += 2 + length;
      }
    }
    return this.#expected !== undefined && text.includes(MANIFEST_NOTED)
      ? this.#manifests(leaves, this.#expected)
      : undefined;
  }

  #call(leaf: string, index: number): void {
    const isRequest = leaf.includes(REQUEST);
    if (!isRequest && !ENDS.some((end) => leaf.includes(end))) return;
    const call = CALL.exec(leaf)?.[1];
    if (call === undefined) return;
    if (!isRequest) this.#open.delete(call);
    else if (this.#open.size < LIMITS.verifyOpenCallsMax) this.#open.set(call, index);
    else {
      this.#isPartial = true;
      this.#lost++;
    }
  }

  #manifests(leaves: readonly Uint8Array[], { serial, digest }: Expected): string | undefined {
    for (const leaf of leaves) {
      const noted = readManifestNoted(new TextDecoder('latin1').decode(leaf));
      if (noted === undefined) continue;
      if (noted.serial > serial) return 'the log knows of a newer key manifest';
      if (noted.serial === serial && noted.digest !== digest) {
        return 'the log knows another key manifest of that serial number';
      }
    }
    return undefined;
  }
}

/** What an entry says of a manifest; undefined where it is about something else. */
function readManifestNoted(leaf: string): Expected | undefined {
  if (!leaf.includes(MANIFEST_NOTED)) return undefined;
  const { kind, detail } = JSON.parse(leaf) as {
    readonly kind?: unknown;
    readonly detail?: {
      readonly what?: unknown;
      readonly serial?: unknown;
      readonly digest?: unknown;
    };
  };
  if (kind !== 'config.changed' || detail?.what !== 'key.manifest') return undefined;
  return { serial: Number(detail.serial), digest: String(detail.digest) };
}

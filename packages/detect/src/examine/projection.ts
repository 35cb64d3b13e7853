import { LIMITS } from '@spoor/core';
import type { Span } from './reading.ts';

const STRING_MAX = LIMITS.projectionStringCharsMax;

/** Redacted JSON text of one content, built while it is read and cut at its limit. */
export class Projection {
  #text = '';
  #full = false;

  raw(piece: string): void {
    if (this.#full) return;
    if (this.#text.length + piece.length > LIMITS.projectionCharsMax) {
      this.#full = true;
      return;
    }
    this.#text += piece;
  }

  string(text: string, spans: readonly Span[] | undefined): void {
    if (!this.#full) this.raw(JSON.stringify(spans ? mask(text, spans) : cut(text)));
  }

  /** JSON text; where it was cut, a JSON string that says so with the beginning in it. */
  finish(): string {
    return this.#full
      ? JSON.stringify(`${this.#text.slice(0, LIMITS.projectionCharsMax / 2)}…`)
      : this.#text;
  }
}

/** Replaces what must not be shown by its class, then cuts: never the other way round. */
function mask(text: string, spans: readonly Span[]): string {
  const sorted = spans.length > 1 ? [...spans].sort((a, b) => a.start - b.start) : spans;
  let shown = '';
  let from = 0;
  for (const span of sorted) {
    if (shown.length > STRING_MAX) break;
    if (span.end <= from) continue;
    shown += text.slice(from, Math.max(from, span.start));
    if (span.start >= from) shown += `‹${span.label}›`;
    from = span.end;
  }
  if (shown.length <= STRING_MAX) shown += text.slice(from, from + STRING_MAX + 1);
  return cut(shown);
}

const cut = (text: string): string =>
  text.length > STRING_MAX ? `${text.slice(0, STRING_MAX)}…` : text;

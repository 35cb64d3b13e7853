import { sipKey } from '@spoor/core';
import { readLayers } from '../examine/layers.ts';
import { Reading, type Span } from '../examine/reading.ts';
import { isSecretName, isSecretValue } from '../examine/secrets.ts';
import { readText } from '../examine/text.ts';

/** One text as it may be shown to somebody who should not have what is in it. */
export interface ShownText {
  /** Each secret and each personal value is replaced by its class. */
  readonly text: string;
  readonly masked: number;
  /** Does it speak to an assistant, as an order would? Also where that is encoded. */
  readonly instruction: boolean;
}

/** Where something was found is all that is asked. */
const KEY = sipKey(new Uint8Array(16));

/** @param name What the text is the value of; `password` says enough. */
export function maskText(text: string, name: string): ShownText {
  if (isSecretName(name) && !text.includes(' ') && isSecretValue(text, true))
    return { text: '‹secret›', masked: 1, instruction: false };
  const reading = new Reading(KEY, 'result', () => '');
  reading.open(text, name, false, false);
  const read = readText(reading);
  readLayers(reading, read);
  const spans = [...(reading.spans ?? [])];
  // What was not looked at may hold anything.
  if (read < text.length) spans.push({ start: read, end: text.length, label: 'not examined' });
  const { shown, masked } = without(text, spans);
  return { text: shown, masked, instruction: reading.instructionLike };
}

function without(
  text: string,
  spans: readonly Span[],
): { readonly shown: string; readonly masked: number } {
  let [shown, from, masked] = ['', 0, 0];
  for (const { start, end, label } of [...spans].sort((a, b) => a.start - b.start)) {
    if (end <= from) continue;
    shown += text.slice(from, Math.max(from, start));
    if (start >= from) {
      shown += `‹${label}›`;
      masked += 1;
    }
    from = end;
  }
  return { shown: shown + text.slice(from), masked };
}

import { LIMITS } from '@spoor/core';
import type { AttributeScalar, SpanAttribute, SpanEvent } from '../reader.ts';
import type { Show } from '../shown/show.ts';
import { TELLING } from './telling.ts';

export type ShownValue = AttributeScalar | AttributeScalar[];
export type ShownAttributes = Record<string, ShownValue>;

/** Undefined where nothing is to be told. */
export function tellingOf(
  attributes: readonly SpanAttribute[],
  show: Show,
): ShownAttributes | undefined {
  const told = attributes.filter(({ key }) => TELLING.has(key));
  return told.length === 0 ? undefined : shownOf(told, show, LIMITS.shownShortCharsMax);
}

export function shownOf(
  attributes: readonly SpanAttribute[],
  show: Show,
  charsMax: number,
): ShownAttributes {
  const shownValue = (value: SpanAttribute['value'], key: string): ShownValue =>
    typeof value === 'object'
      ? value.slice(0, LIMITS.shownItemsMax).map((one) => show.scalar(one, key, charsMax))
      : show.scalar(value, key, charsMax);
  const entries = attributes
    .slice(0, LIMITS.shownAttributesMax)
    .map(({ key, value }): [string, ShownValue] => [show.key(key), shownValue(value, key)]);
  return Object.fromEntries(entries);
}

export interface ShownEvent {
  readonly name: string;
  readonly at_ms: number;
  readonly attributes: ShownAttributes;
}

export const eventsOf = (events: readonly SpanEvent[], show: Show): ShownEvent[] =>
  events.slice(0, LIMITS.shownEventsMax).map(({ name, atMs, attributes }) => ({
    name: show.name(name),
    at_ms: atMs,
    attributes: shownOf(attributes, show, LIMITS.shownValueCharsMax),
  }));

/** `key=value` with values as JSON writes them, so that none of them can end before its end. */
export const attributesText = (attributes: ShownAttributes): string =>
  Object.entries(attributes)
    .map(
      ([key, value]) =>
        ` ${/^[\w.:/-]+$/.test(key) ? key : JSON.stringify(key)}=${JSON.stringify(value)}`,
    )
    .join('');

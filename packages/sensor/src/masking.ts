import {
  type Decision,
  type InvalidFrame,
  type Mask,
  type MaskPart,
  type Message,
  parseMessage,
  unitedMask,
} from '@spoor/core';
import type { Place } from '@spoor/detect/mask';

type Maskers = typeof import('@spoor/detect/mask');

let maskers: Maskers | undefined;

/** Loaded with the first call of which something is masked. */
export async function prepareMasks(): Promise<void> {
  maskers ??= await import('@spoor/detect/mask');
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/**
 * A frame in which some is masked, and how much. Undefined where that cannot be done for sure: then
 * the frame must not go on.
 *
 * @param message What was read of it.
 * @param parts Of each message of a batch, or of the one.
 */
export function maskFrame(
  bytes: Uint8Array,
  message: Message,
  place: Place,
  parts: readonly (MaskPart | undefined)[],
): { readonly bytes: Uint8Array; readonly count: number } | undefined {
  const [part] = parts;
  if (parts.every((one) => one === undefined)) return { bytes, count: 0 };
  if (maskers === undefined) return undefined;
  try {
    const text = decoder.decode(bytes);
    const masked =
      message.kind === 'batch'
        ? maskers.maskBatch(text, place, parts)
        : maskers.maskMessage(text, place, part ?? {});
    const out = encoder.encode(masked.text);
    // What is written anew is read anew: it has to be the same message still.
    const again = parseMessage({ bytes: out, kind: 'line' });
    return isSame(message, again) ? { bytes: out, count: masked.count } : undefined;
  } catch {
    return undefined;
  }
}

function isSame(before: Message, after: Message | InvalidFrame): boolean {
  if (after.kind !== before.kind) return false;
  if (before.kind === 'batch')
    return (
      after.kind === 'batch' &&
      after.messages.length === before.messages.length &&
      before.messages.every((one, at) => {
        const other = after.messages[at];
        return other !== undefined && isSame(one, other);
      })
    );
  return nameOf(before) === nameOf(after as Message);
}

const nameOf = (message: Message): string =>
  JSON.stringify([
    'id' in message ? message.id : null,
    'method' in message ? message.method : null,
  ]);

/** Of a result: what was decided when its call began, and when it ended. */
export const resultMask = (
  begun: Mask | undefined,
  ended: Decision | undefined,
): MaskPart | undefined => {
  const masks = [begun, ended?.action === 'modify' ? ended.mask : undefined];
  return unitedMask(masks.filter((mask) => mask?.result !== undefined) as Mask[])?.result;
};

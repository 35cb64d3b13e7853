import { CONTENT_CLASSES, type ContentClass, fromBase64, LIMITS, toBase64 } from '@spoor/core';

/** How the text of a call was read before its prints were made. */
export const FORMS = ['plain', 'decoded', 'reversed', 'rotated'] as const;
export type Form = (typeof FORMS)[number];

/** Prints of one text, or of one value in it. */
export interface PrintGroup {
  /** `window` of a text; `piece` of a value, or of a text that may hold one. */
  readonly of: 'window' | 'piece';
  readonly form: Form;
  /** Place of its path in the list of these. */
  readonly text: number;
  /** From 1; 0 where lines are not told. */
  readonly line: number;
  readonly class: ContentClass | undefined;
  /** Is the passage written like an instruction to an assistant? */
  readonly instructionLike: boolean;
  /** Of a value: how many characters its pieces are apart. */
  readonly step: number;
  /** Of a value: in its order, with 0 for those that are not told. */
  readonly prints: readonly number[] | Uint32Array;
}

/** Two numbers before the prints of a group. */
const HEAD = 2;
const LINE_MAX = 0xffff;

const headOf = ({ of, form, text, class: found, instructionLike, step }: PrintGroup): number =>
  text |
  (step << 20) |
  (FORMS.indexOf(form) << 8) |
  ((of === 'piece' ? 1 : 0) << 10) |
  ((instructionLike ? 1 : 0) << 11) |
  ((found === undefined ? 0 : CONTENT_CLASSES.indexOf(found) + 1) << 12);

/** As text for facts: little endian, base64. */
export function packPrints(groups: readonly PrintGroup[]): string {
  const size = groups.reduce((sum, { prints }) => sum + HEAD + prints.length, 0);
  const packed = new Uint32Array(size);
  let at = 0;
  for (const group of groups) {
    packed[at] = headOf(group);
    packed[at + 1] = Math.min(group.line, LINE_MAX) | (group.prints.length << 16);
    packed.set(group.prints, at + HEAD);
    at += HEAD + group.prints.length;
  }
  return toBase64(new Uint8Array(packed.buffer));
}

/** Undefined where the text is not what {@link packPrints} writes. */
export function unpackPrints(text: string): readonly PrintGroup[] | undefined {
  const packed = numbersIn(text);
  if (packed === undefined) return undefined;
  const groups: PrintGroup[] = [];
  for (let at = 0; at < packed.length; ) {
    const [head = 0, second = 0] = packed.subarray(at, at + HEAD);
    const next = at + HEAD + (second >>> 16);
    const form = FORMS[(head >>> 8) & 3];
    if (next > packed.length || form === undefined) return undefined;
    groups.push({
      of: (head & (1 << 10)) === 0 ? 'window' : 'piece',
      form,
      text: head & 255,
      line: second & LINE_MAX,
      step: head >>> 20,
      class: CONTENT_CLASSES[((head >>> 12) & 255) - 1],
      instructionLike: (head & (1 << 11)) !== 0,
      prints: packed.subarray(at + HEAD, next),
    });
    at = next;
  }
  return groups;
}

function numbersIn(text: string): Uint32Array | undefined {
  const bytes = text.length > LIMITS.passagePrintsCharsMax ? undefined : fromBase64(text);
  if (bytes === undefined || bytes.length % 4 !== 0) return undefined;
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}

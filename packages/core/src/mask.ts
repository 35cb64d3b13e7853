import type { ContentClass, Decision } from './observation.ts';

/** What of a call does not go on as it is: of its arguments, and of its result. */
export interface Mask {
  readonly arguments?: MaskPart;
  readonly result?: MaskPart;
}

export interface MaskPart {
  /** Paths as facts have them: `to`, `rows[].email`. */
  readonly fields?: readonly string[];
  /** Whatever is found of these kinds. */
  readonly classes?: readonly ContentClass[];
}

/** How many values were masked, as the sensor counted. */
export interface Masked {
  readonly arguments?: number;
  readonly result?: number;
}

/** What stands in place of a text. Numbers become 0, so that a schema may still hold. */
export const MASK_MARKER = '[masked]';

export const unitedMask = (masks: readonly Mask[]): Mask | undefined => {
  const [first] = masks;
  if (first === undefined || masks.length === 1) return first;
  const part = (of: 'arguments' | 'result'): Mask => {
    const parts = masks.map((mask) => mask[of]).filter((one) => one !== undefined);
    if (parts.length === 0) return {};
    const fields = [...new Set(parts.flatMap((one) => one.fields ?? []))];
    const classes = [...new Set(parts.flatMap((one) => one.classes ?? []))];
    return { [of]: { fields, classes } };
  };
  return { ...part('arguments'), ...part('result') };
};

/** Does the call go on, as it is or with something masked? */
export const goesOn = ({ action }: Pick<Decision, 'action'>): boolean =>
  action === 'allow' || action === 'modify';

/** Evidence in words. */

/** Few and short enough for one line. */
const SHOWN_MAX = 3;
const SHOWN_CHARS = 48;

export function listed(names: readonly string[] = []): string {
  const shown = names.slice(0, SHOWN_MAX).map((name) => `\`${name.slice(0, SHOWN_CHARS)}\``);
  const more = names.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

export const timesOf = (factor: number): string => `${factor} times`;

const counts = new Uint8Array(128);

/**
 * Shannon entropy in bits per character of the first 128 characters; other than ASCII counts as one
 * symbol.
 */
export function entropy(text: string): number {
  counts.fill(0);
  const length = Math.min(text.length, 128);
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i) & 127;
    counts[code] = (counts[code] ?? 0) + 1;
  }
  let bits = 0;
  for (const count of counts) {
    if (count > 0) bits -= (count / length) * Math.log2(count / length);
  }
  return bits;
}

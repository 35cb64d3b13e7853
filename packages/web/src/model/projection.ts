/** Indents a redacted projection; text that was cut is no JSON any more and stays as it is. */
export function prettyProjection(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

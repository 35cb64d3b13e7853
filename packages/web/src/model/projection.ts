/** Indents a redacted projection; text that was cut is no JSON any more and stays as it is. */
export function prettyProjection(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** The projection of a mere string, without its quotes. */
export function plainProjection(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : text;
  } catch {
    return text;
  }
}

/** A cell may hold no bar and no line break. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replace(/\s+/g, ' ').trim();

/** A Markdown table; every row has as many cells as the head. */
export const table = (
  head: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map(cell).join(' | ')} |`);

export const code = (text: string): string => `\`${text}\``;

/** Lines to a file that ends with one line break. */
export const document = (...lines: readonly string[]): string => `${lines.join('\n').trimEnd()}\n`;

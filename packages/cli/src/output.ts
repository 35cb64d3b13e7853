import type { Output } from './command.ts';

/** Colour for terminals that want it (no-color.org). */
export function terminalOutput(env: Readonly<Record<string, string | undefined>>): Output {
  const colour = process.stdout.isTTY === true && !env.NO_COLOR;
  return {
    colour,
    line: (text) => void process.stdout.write(`${text}\n`),
    json: (value) => void process.stdout.write(`${JSON.stringify(value, null, 2)}\n`),
    note: (text) => void process.stderr.write(`${text}\n`),
  };
}

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

export const paint = (out: Output, style: keyof typeof CODES, text: string): string =>
  out.colour ? `\x1b[${CODES[style]}m${text}\x1b[0m` : text;

/**
 * Text from a server or a file, made safe for a terminal: control characters and those that turn
 * text around are shown as what they are.
 */
export const visible = (text: string): string =>
  text.replace(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** Signed notes (C2SP signed-note): a text, a blank line, and lines that sign the text. */
import { concatBytes, fromBase64, LIMITS, toBase64 } from '@spoor/core';

export interface NoteSignature {
  readonly name: string;
  /** First four bytes of the key's digest, as a number: which key to try. */
  readonly keyId: number;
  readonly signature: Uint8Array;
}

export interface Note {
  /** What is signed, with its last newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

export type ParsedNote =
  | { readonly status: 'ok'; readonly note: Note }
  | { readonly status: 'invalid'; readonly why: string };

const invalid = (why: string): ParsedNote => ({ status: 'invalid', why });

/** Key names have no space and no plus, so that keys and signature lines can be split at them. */
export const isKeyName = (name: string): boolean => name !== '' && !/[\s+]/u.test(name);

export function parseNote(text: string): ParsedNote {
  if (text.length > LIMITS.noteBytesMax) return invalid('the note is over the limit');
  if (!text.isWellFormed()) return invalid('the note is not Unicode text');
  if (/[\u0000-\u0009\u000b-\u001f\ufffd]/.test(text))
    return invalid('the note has control characters');
  const split = text.lastIndexOf('\n\n');
  if (split < 0) return invalid('the note has no signatures');
  const lines = text.slice(split + 2).split('\n');
  if (lines.pop() !== '') return invalid('the last line does not end');
  if (lines.length === 0) return invalid('the note has no signatures');
  if (lines.length > LIMITS.noteSignaturesMax) return invalid('the note has too many signatures');
  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const signature = parseSignature(line);
    if (signature === undefined) return invalid('a signature line is malformed');
    signatures.push(signature);
  }
  return { status: 'ok', note: { text: text.slice(0, split + 1), signatures } };
}

function parseSignature(line: string): NoteSignature | undefined {
  const [, name = '', base64 = ''] = /^\u2014 ([^ ]+) ([^ ]+)$/.exec(line) ?? [];
  const bytes = fromBase64(base64);
  if (!isKeyName(name) || bytes === undefined || bytes.length < 5) return undefined;
  return { name, keyId: readKeyId(bytes), signature: bytes.subarray(4) };
}

/** One signature line, with its newline. */
export function formatSignature({ name, keyId, signature }: NoteSignature): string {
  const id = new Uint8Array(4);
  new DataView(id.buffer).setUint32(0, keyId);
  return `\u2014 ${name} ${toBase64(concatBytes(id, signature))}\n`;
}

export const readKeyId = (bytes: Uint8Array): number =>
  new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0);

import { CodedError, LIMITS } from '@spoor/core';
import type { Leaf } from './entry.ts';

/**
 * The only lexical forms in a leaf: whole numbers, and strings made of name characters (after a `~`
 * where a name is a digest). There is no space and no quote to write a sentence with.
 * Each branch begins and ends unmistakably, so matching takes one pass.
 */
const LEAF_TEXT = /^(?:[{}[\],:]|"~?[A-Za-z0-9_.:/@-]{0,128}"|-?\d{1,16}(?![\d.eE])|true|false)*$/;
const NAME = /^~?[A-Za-z0-9_.:/@-]{0,128}$/;

export const isLeafText = (text: string): boolean => LEAF_TEXT.test(text);

/**
 * The leaf's text: canonical JSON (RFC 8785) in ASCII. Verifiers hash the stored bytes and never
 * make them anew.
 *
 * @throws CodedError LEAF_TOO_LARGE, LEAF_INVALID
 */
export function encodeLeaf(leaf: Leaf): string {
  const text = writeObject(leaf as unknown as Record<string, unknown>, leaf.kind);
  if (text.length > LIMITS.leafBytesMax) throw new CodedError('LEAF_TOO_LARGE', leaf.kind);
  return text;
}

/** Canonical form and what a leaf may hold, in one pass: every call through Spoor pays for it. */
function write(value: unknown, kind: string): string {
  if (typeof value === 'string' && NAME.test(value)) return `"${value}"`;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value !== 'object' || value === null) throw new CodedError('LEAF_INVALID', kind);
  if (!Array.isArray(value)) return writeObject(value as Record<string, unknown>, kind);
  let text = '[';
  for (let i = 0; i < value.length; i++) text += (i === 0 ? '' : ',') + write(value[i], kind);
  return `${text}]`;
}

function writeObject(object: Record<string, unknown>, kind: string): string {
  let text = '';
  for (const key of sorted(Object.keys(object))) {
    const member = object[key];
    if (member === undefined) continue;
    if (!NAME.test(key)) throw new CodedError('LEAF_INVALID', kind);
    text += `${text === '' ? '' : ','}"${key}":${write(member, kind)}`;
  }
  return `{${text}}`;
}

/** By UTF-16 code units, as RFC 8785 asks for; keys are few, so by insertion, in half the time. */
function sorted(keys: string[]): string[] {
  for (let i = 1; i < keys.length; i++) {
    const key = keys[i] as string;
    let at = i;
    for (let above = keys[at - 1]; above !== undefined && above > key; above = keys[at - 1])
      keys[at--] = above;
    keys[at] = key;
  }
  return keys;
}

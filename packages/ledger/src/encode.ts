import { CodedError, canonicalize, LIMITS } from '@spoor/core';
import type { Leaf } from './entry.ts';

/**
 * The only lexical forms in a leaf: whole numbers, and strings made of name characters (after a `~`
 * where a name is a digest). There is no space and no quote to write a sentence with.
 * Each branch begins and ends unmistakably, so matching takes one pass.
 */
const LEAF_TEXT = /^(?:[{}[\],:]|"~?[A-Za-z0-9_.:/@-]{0,128}"|-?\d{1,16}(?![\d.eE])|true|false)*$/;

export const isLeafText = (text: string): boolean => LEAF_TEXT.test(text);

/**
 * The leaf's text: canonical JSON (RFC 8785) in ASCII. Verifiers hash the stored bytes and never
 * make them anew.
 *
 * @throws CodedError LEAF_TOO_LARGE, LEAF_INVALID
 */
export function encodeLeaf(leaf: Leaf): string {
  const text = canonicalize(leaf);
  if (text.length > LIMITS.leafBytesMax) throw new CodedError('LEAF_TOO_LARGE', leaf.kind);
  if (!isLeafText(text)) throw new CodedError('LEAF_INVALID', leaf.kind);
  return text;
}

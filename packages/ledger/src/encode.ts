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
  let text = '{';
  for (const { key, head } of membersOf(object, kind)) {
    const member = object[key];
    if (member === undefined) continue;
    if (text !== '{') text += ',';
    text += head + write(member, kind);
  }
  return `${text}}`;
}

interface Member {
  readonly key: string;
  /** The key as it is written. */
  readonly head: string;
}

/** Keys in the order in which an object has them lead to their canonical order. */
interface Shape {
  readonly next: Map<string, Shape>;
  members: readonly Member[] | undefined;
}

const SHAPES: Shape = { next: new Map(), members: undefined };
let shapes = 0;

/** Entries have few shapes, so each is sorted and checked once. */
function membersOf(object: Record<string, unknown>, kind: string): readonly Member[] {
  const keys = Object.keys(object);
  let shape = SHAPES;
  for (const key of keys) {
    let next = shape.next.get(key);
    if (next === undefined) {
      if (shapes >= LIMITS.leafShapesMax) return sorted(keys, kind);
      shapes++;
      next = { next: new Map(), members: undefined };
      shape.next.set(key, next);
    }
    shape = next;
  }
  shape.members ??= sorted(keys, kind);
  return shape.members;
}

/** By UTF-16 code units, as RFC 8785 asks for. */
function sorted(keys: readonly string[], kind: string): Member[] {
  if (!keys.every((key) => NAME.test(key))) throw new CodedError('LEAF_INVALID', kind);
  return keys.toSorted().map((key) => ({ key, head: `"${key}":` }));
}

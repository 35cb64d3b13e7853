import { type ContentFacts, canonicalize } from '@spoor/core';
import { readIntent } from './intent.ts';
import { Walk, type WalkContext } from './walk.ts';

export interface ExamineContext extends WalkContext {
  /** Keyed digest of a text, by the caller. */
  readonly digest: (text: string) => string;
}

/**
 * Facts about one content: an arguments object, a result object, or text. Pure, one pass, linear in
 * the length of the content and bounded by `LIMITS.examineBytesMax`; what was not read is said by
 * `truncated`.
 *
 * @param bytes length of the content as it came
 */
export function examine(content: unknown, bytes: number, context: ExamineContext): ContentFacts {
  const walk = new Walk(context);
  const { reading } = walk;
  walk.read(content);
  if (context.role === 'intent' && typeof content === 'string') readIntent(reading, content);
  return {
    bytes,
    depth: walk.depth,
    paths: walk.paths,
    classes: [...reading.classes].map(([name, count]) => ({ class: name, count })),
    externalDestinations: reading.externals.size,
    ...(reading.destinations.size > 0 && { destinations: [...reading.destinations] }),
    instructionLike: reading.instructionLike,
    hiddenText: reading.hiddenText,
    digest: context.digest(canonicalText(content)),
    atoms: reading.atoms,
    projection: walk.projection.finish(),
    truncated: reading.truncated,
  };
}

/**
 * Canonical where RFC 8785 has a form for it; otherwise as JSON writes it, with lone surrogates
 * escaped.
 */
export function canonicalText(content: unknown): string {
  try {
    return canonicalize(content);
  } catch {
    return JSON.stringify(content) ?? 'null';
  }
}

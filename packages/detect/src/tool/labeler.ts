import { type ContentClass, LABELS, type Label } from '@spoor/core';
import type { LabelOverride } from './labels-file.ts';

export type Labeler = (
  server: string,
  tool: string,
  known?: { readonly labels: readonly Label[] },
  observedClasses?: readonly ContentClass[],
) => readonly Label[];

const OBSERVED: Readonly<Partial<Record<ContentClass, Label>>> = {
  secret: 'reads-secrets',
  'pii.card': 'reads-pii',
  'pii.iban': 'reads-pii',
  'pii.national-id': 'reads-pii',
};

/**
 * Labels that a tool has earned by what its results carried. E-mail and phone alone are too common
 * to say so.
 */
export function observedLabels(classes: readonly ContentClass[]): readonly Label[] {
  const earned = new Set(classes.flatMap((found) => OBSERVED[found] ?? []));
  return [...earned];
}

/** Labels of a tool: the owner's file over what its definition and its behaviour say. */
export function createLabeler(overrides: readonly LabelOverride[]): Labeler {
  return (server, tool, known, observedClasses = []) => {
    const applying = overrides.filter(
      (override) => matchesGlob(override.server, server) && matchesGlob(override.tool, tool),
    );
    const start: readonly Label[] = [...(known?.labels ?? []), ...observedLabels(observedClasses)];
    const labels = applying.reduce(apply, new Set(start));
    return LABELS.filter((label) => labels.has(label));
  };
}

function apply(labels: ReadonlySet<Label>, override: LabelOverride): Set<Label> {
  const changed = new Set([...(override.set ?? labels), ...override.add]);
  for (const label of override.remove) changed.delete(label);
  return changed;
}

/**
 * `*` stands for any run of characters. Greedy with one point of return, so linear but for repeated
 * stars.
 */
export function matchesGlob(glob: string, text: string): boolean {
  const parts = glob.split('*');
  const first = parts[0] ?? '';
  if (parts.length === 1) return glob === text;
  const last = parts.at(-1) ?? '';
  if (!text.startsWith(first) || text.length < first.length + last.length) return false;
  if (!text.endsWith(last)) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= text.length - last.length;
}

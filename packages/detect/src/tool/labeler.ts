import {
  type ContentClass,
  LABELS,
  type Label,
  type LabelReason,
  type LabelSource,
  type ToolHints,
} from '@spoor/core';
import type { LabelOverride, OwnerLabels } from './labels-file.ts';

/** What is known of a tool from its definition. */
interface Known {
  readonly labels: readonly Label[];
  readonly why?: readonly LabelReason[];
  readonly hints?: ToolHints;
}

export type Labeler = (
  server: string,
  tool: string,
  known?: Known,
  observedClasses?: readonly ContentClass[],
) => readonly Label[];

/** Labels with where each comes from, and what was considered and not given. */
export type LabelExplainer = (
  server: string,
  tool: string,
  known?: Known,
  observed?: readonly ObservedClass[],
) => { readonly labels: readonly Label[]; readonly sources: readonly LabelSource[] };

/** A class of content that a tool's results have carried, and where that was seen first. */
export interface ObservedClass {
  readonly class: ContentClass;
  readonly call?: string;
  readonly atMs?: number;
}

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

/**
 * Labels of a tool: the owner's file over what a trusted server's annotations, its definition and
 * its behaviour say.
 */
export function createLabeler(
  overrides: readonly LabelOverride[],
  trusted: readonly string[] = [],
): Labeler {
  const explain = createExplainer({ overrides, trusted });
  return (server, tool, known, classes = []) => {
    const hints = known?.hints !== undefined && isAny(trusted, server);
    const owned = overrides.some((one) => applies(one, server, tool));
    // Most tools have neither, and are labelled with every call.
    if (!hints && !owned) return inOrder([...(known?.labels ?? []), ...observedLabels(classes)]);
    const observed = classes.map((one): ObservedClass => ({ class: one }));
    return explain(server, tool, known, observed).labels;
  };
}

export const createExplainer =
  ({ overrides, trusted }: OwnerLabels): LabelExplainer =>
  (server, tool, known, observed = []) => {
    const labels = new Set<Label>(known?.labels);
    const sources: LabelSource[] = fromDefinition(known);
    for (const one of observed) {
      const label = OBSERVED[one.class];
      if (label === undefined) continue;
      labels.add(label);
      sources.push({ label, from: 'observed', because: seenWords(one) });
    }
    const hints = isAny(trusted, server) ? known?.hints : undefined;
    sources.push(...applyHints(hints, labels));
    for (const override of overrides) {
      if (applies(override, server, tool)) sources.push(...applyOverride(override, labels));
    }
    return { labels: inOrder([...labels]), sources };
  };

const fromDefinition = (known: Known | undefined): LabelSource[] => {
  const told = (known?.why ?? []).map((one): LabelSource => ({ ...one, from: 'definition' }));
  const untold = (known?.labels ?? []).filter((one) => !told.some(({ label }) => label === one));
  const because = 'its definition; the sensor has not said which words';
  return [...told, ...untold.map((label): LabelSource => ({ label, from: 'definition', because }))];
};

function seenWords({ class: name, call, atMs }: ObservedClass): string {
  const when = atMs === undefined ? '' : ` on ${new Date(atMs).toISOString()}`;
  const where = call === undefined ? '' : ` in call ${call}`;
  return `a result carried ${name}${where}${when}`;
}

/** A server's own word about its tool; it may add a label, or take back what acts. */
function applyHints(hints: ToolHints | undefined, labels: Set<Label>): readonly LabelSource[] {
  if (hints?.destructive === true) {
    labels.add('destructive');
    const because = 'its annotations say destructive';
    return [{ label: 'destructive', from: 'annotation', because }];
  }
  const harmless = hints?.readOnly === true || hints?.destructive === false;
  if (!harmless || !labels.delete('destructive')) return [];
  const because = 'its annotations';
  const rejected = 'they say that it destroys nothing, and the owner trusts this server';
  return [{ label: 'destructive', from: 'annotation', because, rejected }];
}

function applyOverride(override: LabelOverride, labels: Set<Label>): readonly LabelSource[] {
  const because = `line ${override.line} of the owner's file`;
  const before = [...labels];
  if (override.set !== undefined) labels.clear();
  for (const label of [...(override.set ?? []), ...override.add]) labels.add(label);
  for (const label of override.remove) labels.delete(label);
  const given = new Set([...(override.set ?? []), ...override.add]);
  const taken = before.filter((label) => !labels.has(label));
  return [
    ...inOrder([...given]).map((label): LabelSource => ({ label, from: 'owner', because })),
    ...taken.map(
      (label): LabelSource => ({ label, from: 'owner', because, rejected: 'the owner takes it' }),
    ),
  ];
}

const inOrder = (labels: readonly Label[]): readonly Label[] =>
  LABELS.filter((label) => labels.includes(label));

const applies = (override: LabelOverride, server: string, tool: string): boolean =>
  matchesGlob(override.server, server) && matchesGlob(override.tool, tool);

const isAny = (globs: readonly string[], server: string): boolean =>
  globs.some((glob) => matchesGlob(glob, server));

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

import type { SpanRecord } from '../reader.ts';

export interface TreeRow {
  readonly span: SpanRecord;
  /** Spans above it, as far as they are there. */
  readonly depth: number;
}

/** Each span once, each after its parent, siblings by time; what has no parent here is a root. */
export function treeOf(spans: readonly SpanRecord[]): readonly TreeRow[] {
  const known = new Map(spans.map((span) => [span.span, span]));
  const children = new Map<string, SpanRecord[]>();
  const roots: SpanRecord[] = [];
  for (const span of [...spans].sort((a, b) => a.startMs - b.startMs)) {
    const { parent } = span;
    if (parent === undefined || parent === span.span || !known.has(parent)) roots.push(span);
    else {
      const siblings = children.get(parent);
      if (siblings === undefined) children.set(parent, [span]);
      else siblings.push(span);
    }
  }
  const rows: TreeRow[] = [];
  const seen = new Set<SpanRecord>();
  const walk = (root: SpanRecord): void => {
    const stack: TreeRow[] = [{ span: root, depth: 0 }];
    for (let row = stack.pop(); row !== undefined; row = stack.pop()) {
      if (seen.has(row.span)) continue;
      seen.add(row.span);
      rows.push(row);
      const { depth } = row;
      const below = children.get(row.span.span) ?? [];
      for (const span of below.toReversed()) stack.push({ span, depth: depth + 1 });
    }
  };
  for (const root of roots) walk(root);
  // Spans that name each other as parents hang from nothing.
  for (const span of spans) if (!seen.has(span)) walk(span);
  return rows;
}

import {
  ATTRIBUTES,
  type AttributeValue,
  allowAttributes,
  nearest,
  OBSERVATION_KINDS,
  type Span,
} from '@spoor/core';

/**
 * What one destination gets of what the table in `core` allows. A pattern is a name, a beginning
 * such as `mcp.identity.*`, or a class of the table such as `class:name`.
 */
export interface AttributePolicy {
  /** Nothing else goes there; without it, everything. */
  readonly allow?: readonly string[];
  /** Does not go there, whatever `allow` says. */
  readonly drop: readonly string[];
}

export const KEEP_ALL: AttributePolicy = { drop: [] };

const NAMES = Object.keys(ATTRIBUTES);

/** Undefined for a pattern that stands for some attribute, else what is wrong with it. */
export function unknownPattern(pattern: string): string | undefined {
  if (NAMES.some((name) => matches(pattern, name))) return undefined;
  const known = [...NAMES, ...CLASSES];
  return `no attribute is called “${pattern}”; did you mean “${nearest(pattern, known)}”?`;
}

const CLASS = 'class:';
const CLASSES = [...new Set(Object.values(ATTRIBUTES).map((row) => `${CLASS}${row.class}`))];

function matches(pattern: string, name: string): boolean {
  if (pattern.startsWith(CLASS)) return ATTRIBUTES[name]?.class === pattern.slice(CLASS.length);
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

/** Does an attribute of that name go there? */
export type AttributeFilter = (name: string) => boolean;

export function filterOf({ allow, drop }: AttributePolicy): AttributeFilter {
  const kept = new Set(
    NAMES.filter(
      (name) =>
        (allow === undefined || allow.some((pattern) => matches(pattern, name))) &&
        !drop.some((pattern) => matches(pattern, name)),
    ),
  );
  // What stands in no table are words of our own on metrics, made of nothing from outside.
  return (name) => kept.has(name) || !NAMES.includes(name);
}

/** Of spans that are no operation of the protocol. */
const FIXED_NAMES: ReadonlySet<string> = new Set([
  'session',
  'run_guardrail spoor',
  ...OBSERVATION_KINDS,
]);

/**
 * A span as it may go to one destination. The table is applied again, whoever made the span, and
 * the span's name is made anew of what is left: it must not say what its attributes may not.
 */
export function spanFor(span: Span, keep: AttributeFilter): Span {
  const { attributes: allowed, dropped } = allowAttributes(span.attributes);
  const attributes = Object.fromEntries(Object.entries(allowed).filter(([name]) => keep(name)));
  return {
    ...span,
    name: FIXED_NAMES.has(span.name) ? span.name : nameOf(attributes),
    attributes,
    dropped: span.dropped + dropped,
  };
}

/** Source: OpenTelemetry conventions for MCP, span names. */
function nameOf(attributes: Readonly<Record<string, AttributeValue>>): string {
  const method = attributes['mcp.method.name'] ?? '_OTHER';
  const target = attributes['gen_ai.tool.name'] ?? attributes['gen_ai.prompt.name'];
  return target === undefined ? String(method) : `${method} ${target}`;
}

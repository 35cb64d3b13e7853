import type { ObservationKind } from '@spoor/core';
import type { Dialect, Meaning } from './dialects/dialect.ts';
import { FASTMCP } from './dialects/fastmcp.ts';
import { OPENINFERENCE } from './dialects/openinference.ts';
import { OPENLLMETRY } from './dialects/openllmetry.ts';
import { OPENTELEMETRY } from './dialects/opentelemetry.ts';
import { SENTRY } from './dialects/sentry.ts';
import { VERCEL } from './dialects/vercel.ts';

export const DIALECTS: readonly Dialect[] = [
  OPENTELEMETRY,
  OPENLLMETRY,
  OPENINFERENCE,
  FASTMCP,
  SENTRY,
  VERCEL,
];

export interface Known {
  readonly dialect: Dialect;
  readonly meaning: Meaning;
  /** Of names that begin so, what may be shown: the rest of the name is somebody's choice. */
  readonly shown: string;
}

const entriesOf = (part: 'attributes' | 'prefixes'): [string, Known][] =>
  DIALECTS.flatMap((dialect) =>
    Object.entries(dialect[part] ?? {}).map(([name, meaning]): [string, Known] => [
      name,
      { dialect, meaning, shown: part === 'prefixes' ? `${name}*` : name },
    ]),
  );

const ATTRIBUTES: ReadonlyMap<string, Known> = new Map(entriesOf('attributes'));
/** Longest first, so that the more exact one speaks. */
const PREFIXES = entriesOf('prefixes').sort(([a], [b]) => b.length - a.length);

/** The names that only our own verifier may set: others may send them, and are not believed. */
const OURS = ['spoor.', 'mcp.identity.', 'mcp.audit.', 'tool.category'];

export const isClaim = (name: string): boolean => OURS.some((prefix) => name.startsWith(prefix));

export function meaningOf(name: string): Known | undefined {
  return (
    ATTRIBUTES.get(name) ?? PREFIXES.find(([prefix]) => name.startsWith(prefix))?.[1] ?? undefined
  );
}

export const kindOfWord = (dialect: Dialect, word: string): ObservationKind | undefined =>
  dialect.kinds !== undefined && Object.hasOwn(dialect.kinds, word)
    ? dialect.kinds[word]
    : undefined;

import { type SipKey, sipHash } from '@spoor/core';
import { stringify } from 'yaml';
import { type Formula, parseFormula } from '../rules/boolean.ts';
import { compileRules } from '../rules/compile.ts';
import { RuleFault } from '../rules/document.ts';
import { matchesGlob } from '../tool/labeler.ts';
import type { ImportedRule } from './import.ts';

/** A rule of others, on its way to become one of ours. */
export interface Draft {
  readonly source: string;
  readonly name: string;
  /** What makes its UUID: the same rule gets the same. */
  readonly key: string;
  readonly head: Readonly<Record<string, unknown>> & { readonly title: string };
  readonly selections: Readonly<Record<string, unknown>>;
  /** Selections that are known not to be ours, and why. */
  readonly refused?: Readonly<Record<string, string>>;
  readonly condition: string;
  readonly tail: Readonly<Record<string, unknown>>;
  readonly notes?: readonly string[];
}

/**
 * Keeps of a rule what can be said here. A selection that cannot is left out where the rule then
 * matches less; where it would match more, the rule is refused.
 */
export function build(draft: Draft): ImportedRule {
  const { source, head, selections, condition, notes = [] } = draft;
  const lost = lostSelections(draft);
  const names = [...Object.keys(selections), ...Object.keys(draft.refused ?? {})];
  const formula = read(condition, names);
  if (typeof formula === 'string') return refused(draft, [formula]);
  const kept = prune(formula, lost);
  const reasons = [...lost].map(([name, why]) => `${name}: ${why}`);
  if (kept === undefined) return refused(draft, [...reasons, ...notes]);
  const used = leavesOf(kept);
  const rule = {
    id: uuidOf(draft.key),
    name: draft.name,
    status: 'experimental',
    ...head,
    logsource: { product: 'mcp' },
    detection: {
      ...Object.fromEntries(Object.entries(selections).filter(([name]) => used.has(name))),
      condition: write(kept),
    },
    ...draft.tail,
  };
  const file = { path: `${draft.name}.yml`, text: stringify(rule, { lineWidth: 100 }) };
  const compiled = compileRules([file]);
  const [problem] = compiled.problems;
  if (problem) return refused(draft, [problem.message, ...reasons]);
  if (compiled.rules.predicates[0]?.needs.kinds?.size === 0)
    return refused(draft, [
      ...reasons,
      'it joins what are two observations here, such as a prompt and a call',
    ]);
  const all = [...reasons, ...notes];
  const status = all.length > 0 ? 'partly' : 'imported';
  const outcome = { source, title: head.title, status, notes: all, rule: draft.name } as const;
  return { files: [file], outcome };
}

export const refused = (
  { source, head }: Pick<Draft, 'source' | 'head'>,
  notes: readonly string[],
): ImportedRule => ({
  files: [],
  outcome: { source, title: head.title, status: 'refused', notes },
});

/** Selections that do not compile, each with the reason. */
function lostSelections({ selections, refused = {} }: Draft): ReadonlyMap<string, string> {
  const lost = new Map(Object.entries(refused));
  for (const [name, selection] of Object.entries(selections)) {
    const why = faultOf(selection);
    if (why !== undefined) lost.set(name, why);
  }
  return lost;
}

/** Why a selection does not compile; undefined where it does. */
function faultOf(selection: unknown): string | undefined {
  const rule = {
    title: 't',
    id: uuidOf(''),
    description: 'd',
    level: 'low',
    logsource: { product: 'mcp' },
    detection: { s: selection, condition: 's' },
  };
  return compileRules([{ path: 'x.yml', text: stringify(rule) }]).problems[0]?.message;
}

/** A selection, by its name. */
interface Named {
  readonly is: string;
}

function read(condition: string, names: readonly string[]): Formula<Named> | string {
  try {
    return parseFormula<Named>(
      condition,
      {
        named: (is) => (names.includes(is) ? { is } : `there is no selection “${is}”`),
        quantified: (pattern) => {
          const glob = pattern.toLowerCase() === 'them' ? '*' : pattern;
          const found = names.filter((name) => matchesGlob(glob, name));
          if (found.length === 0) return `there is no selection “${pattern}”`;
          return found.map((is) => ({ is }));
        },
      },
      undefined,
    );
  } catch (fault) {
    if (fault instanceof RuleFault) return fault.message;
    throw fault;
  }
}

/** Without what is lost; undefined where the rest would match what the rule does not. */
function prune(
  formula: Formula<Named>,
  lost: ReadonlyMap<string, string>,
): Formula<Named> | undefined {
  if (formula.op === 'leaf') return lost.has(formula.leaf.is) ? undefined : formula;
  if (formula.op === 'not') {
    const whole = [...leavesOf(formula)].every((name) => !lost.has(name));
    return whole ? formula : undefined;
  }
  const items = formula.items.map((item) => prune(item, lost));
  const kept = items.filter((item) => item !== undefined);
  const enough = formula.op === 'or' ? kept.length > 0 : kept.length === items.length;
  return enough ? { op: formula.op, items: kept } : undefined;
}

function leavesOf(formula: Formula<Named>): ReadonlySet<string> {
  if (formula.op === 'leaf') return new Set([formula.leaf.is]);
  const items = formula.op === 'not' ? [formula.item] : formula.items;
  return new Set(items.flatMap((item) => [...leavesOf(item)]));
}

function write(formula: Formula<Named>, nested = false): string {
  if (formula.op === 'leaf') return formula.leaf.is;
  if (formula.op === 'not') return `not ${write(formula.item, true)}`;
  const text = formula.items
    .map((item) => write(item, formula.items.length > 1))
    .join(` ${formula.op} `);
  return nested && formula.items.length > 1 ? `(${text})` : text;
}

const KEYS: readonly SipKey[] = [
  [1, 0, 0, 0],
  [2, 0, 0, 0],
];

/** A UUID of version 8, from the name that others gave it. */
export function uuidOf(key: string): string {
  const [a = '', b = ''] = KEYS.map((one) => sipHash(one, key));
  const hex = `${a.slice(0, 12)}8${a.slice(13)}8${b.slice(1)}`;
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20, 32),
  ].join('-');
}

/** As a file name and an id of a rule. */
export const nameFrom = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 64);

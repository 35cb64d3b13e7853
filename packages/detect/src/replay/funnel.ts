import type { Rule, RuleBody, RuleSet } from '../rules/types.ts';

/** A part of a rule: sessions that it fires in came as far as this step. */
export interface Part {
  /** Id of the rule that it is a part of. */
  readonly rule: string;
  readonly step: string;
}

export interface Funnels {
  /** The rules, and their parts as rules of their own. */
  readonly rules: RuleSet;
  /** By the id of the part, in order of the steps. */
  readonly parts: ReadonlyMap<string, Part>;
}

/**
 * The beginnings of each chain as rules of their own: how far sessions came is what those find. Of
 * rules whose steps have no order, each step by itself.
 */
export function withFunnels(set: RuleSet): Funnels {
  const parts = new Map<string, Part>();
  const added: Rule[] = [];
  for (const rule of set.rules) {
    if (rule.silent === true) continue;
    for (const [at, { body, step }] of partsOf(rule.body, set).entries()) {
      const id = `${rule.ref.id}#${at}`;
      const { feeds: _, ...rest } = rule;
      added.push({ ...rest, ref: { ...rule.ref, id }, response: 'alert', body });
      parts.set(id, { rule: rule.ref.id, step });
    }
  }
  return { rules: { ...set, rules: [...set.rules, ...added] }, parts };
}

interface PartBody {
  readonly body: RuleBody;
  readonly step: string;
}

function partsOf(body: RuleBody, { predicates }: RuleSet): readonly PartBody[] {
  if (body.type === 'single') return [];
  const stepOf = (predicate: number): string =>
    predicates[predicate]?.step || (predicates[predicate]?.name ?? '');
  if (body.type !== 'temporal_ordered') {
    const own = new Set(body.predicates);
    return [...own].map((predicate) => ({
      body: { type: 'single', predicate },
      step: stepOf(predicate),
    }));
  }
  const longest = Math.max(...body.alternatives.map(({ steps }) => steps.length));
  return Array.from({ length: longest - 1 }, (_, at) => {
    const alternatives = body.alternatives.map(({ steps, never }) => ({
      steps: steps.slice(0, at + 1),
      never,
    }));
    const slots = new Set(body.alternatives.map(({ steps }) => steps[at]));
    const names = [...slots].map((slot) => stepOf(body.predicates[slot ?? -1] ?? -1));
    const step = names.filter((name) => name !== '').join(' or ');
    return { body: { ...body, alternatives, context: [] }, step };
  });
}

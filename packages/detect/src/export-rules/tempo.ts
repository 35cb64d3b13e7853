import type { Level } from '@spoor/core';
import { stringify } from 'yaml';
import { LISTS } from './attributes.ts';
import { detectedPlan, type PlanCorrelation, type PlanStep, type RulePlan } from './plan.ts';
import { type Dialect, write } from './text.ts';

/** A list matches where one of its elements does; what is absent equals nothing. */
const TRACEQL: Dialect = {
  and: (items) => `(${items.join(' && ')})`,
  or: (items) => `(${items.join(' || ')})`,
  not: (item) => `!(${item})`,
  exists: (attribute) => `span.${attribute} != nil`,
  compare: (attribute, operator, value) => `span.${attribute} ${operator} ${value}`,
  equals: (attribute, value) => `span.${attribute} = ${JSON.stringify(value)}`,
  matches: (attribute, pattern) => `span.${attribute} =~ ${JSON.stringify(`(?i).*${pattern}.*`)}`,
};

const EVERY_S = 60;
const SINGLE_WINDOW_S = 300;

/** What TraceQL can say of it. */
export function planForTempo(plan: RulePlan): RulePlan {
  if (plan.form === 'detected' || plan.correlation === undefined) return plan;
  const { type } = plan.correlation;
  if (type === 'value_count')
    return detectedPlan(plan.rule, ['TraceQL counts spans, not different values of one attribute']);
  if (type === 'event_count') return plan;
  const notes = [
    'matches within one trace, whatever the group and the timespan: a client that brings a trace of its own for each call is missed',
    ...(type === 'temporal_ordered' ? ['matches in any order'] : []),
  ];
  return { ...plan, notes: [...plan.notes, ...notes] };
}

/** A TraceQL metrics query. */
function traceQl({
  steps,
  correlation,
}: {
  steps: readonly PlanStep[];
  correlation?: PlanCorrelation;
}): string {
  const spans = steps.map(({ query }) => `{ ${write(query, TRACEQL)} }`).join(' && ');
  const by = correlation?.type === 'event_count' ? correlation.groupBy : ['spoor.session.id'];
  return `${spans} | count_over_time() by (${by.map((name) => `span.${name}`).join(', ')})`;
}

const SEVERITY: Readonly<Record<Level, string>> = {
  informational: 'info',
  low: 'info',
  medium: 'warning',
  high: 'critical',
  critical: 'critical',
};

/** Alert rules as Grafana provisions them from a file; the data source has the uid `tempo`. */
export function toTempo(plans: readonly RulePlan[]): string {
  const group = {
    orgId: 1,
    name: 'spoor',
    folder: 'Spoor',
    interval: `${EVERY_S}s`,
    rules: plans.map(alertRule),
  };
  return stringify(
    { apiVersion: 1, groups: [group] },
    { lineWidth: 0, version: '1.1', aliasDuplicateObjects: false },
  );
}

function alertRule(plan: RulePlan): object {
  const { ref } = plan.rule;
  const correlation = plan.form === 'own' ? plan.correlation : undefined;
  const counts = correlation?.type === 'event_count';
  const windowS = counts ? correlation.spanMs / 1_000 : SINGLE_WINDOW_S;
  const above = counts ? correlation.atLeast - 1 : 0;
  const range = { from: Math.max(windowS, SINGLE_WINDOW_S), to: 0 };
  const query = {
    refId: 'A',
    relativeTimeRange: range,
    datasourceUid: 'tempo',
    model: {
      refId: 'A',
      queryType: 'traceql',
      metricsQueryType: 'range',
      query: traceQl({ steps: plan.steps, ...(correlation === undefined ? {} : { correlation }) }),
      step: `${windowS}s`,
    },
  };
  const expression = (refId: string, model: object): object => ({
    refId,
    relativeTimeRange: range,
    datasourceUid: '__expr__',
    model: { refId, ...model },
  });
  return {
    uid: plan.rule.uuid,
    title: ref.title,
    condition: 'C',
    data: [
      query,
      expression('B', { type: 'reduce', expression: 'A', reducer: 'max' }),
      expression('C', {
        type: 'threshold',
        expression: 'B',
        conditions: [{ evaluator: { type: 'gt', params: [above] } }],
      }),
    ],
    noDataState: 'OK',
    execErrState: 'Error',
    for: '0s',
    labels: { severity: SEVERITY[ref.level], rule: ref.id },
    annotations: { summary: ref.description, advice: ref.advice, limits: plan.notes.join('; ') },
  };
}

/** Told once for all rules: lists are compared element by element from Tempo 2.7 on. */
export const TEMPO_NEEDS: string = `TraceQL metrics, and for lists (${[...LISTS].join(', ')}) a Tempo that compares their elements`;

import type { FlowEdge, Observation } from '@spoor/core';
import { FIELDS, type Field, type FieldValue, FLOW_FIELDS } from '../schema.ts';

export type LogRecord = Readonly<Record<string, FieldValue | readonly LogRecord[]>>;

/** An observation as rules see it: a record of the MCP log schema. What is absent is left out. */
export function logRecord(observation: Observation): LogRecord {
  const { flows } = observation.facts;
  return {
    ...valuesOf(FIELDS, observation),
    ...(flows.length > 0 && { flows: flows.map((edge) => valuesOf(FLOW_FIELDS, edge)) }),
  };
}

function valuesOf<Source extends Observation | FlowEdge>(
  fields: readonly Field<Source>[],
  source: Source,
): Readonly<Record<string, FieldValue>> {
  const values = fields.map(({ name, get }) => [name, get(source)] as const);
  return Object.fromEntries(values.filter(([, value]) => !isAbsent(value)));
}

const isAbsent = (value: FieldValue): boolean =>
  value === undefined || value === '' || (typeof value === 'object' && value.length === 0);

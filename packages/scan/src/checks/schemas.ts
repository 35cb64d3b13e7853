import { isObject, type JsonObject } from '@spoor/core';
import type { Finding } from '../finding.ts';
import type { DynamicCheck } from './check.ts';
import { eachTool } from './definitions.ts';

const DEPTH_MAX = 16;
const NODES_MAX = 5_000;
/** Ways in which combined schemas can be chosen: each of them may be tried by a validator. */
const WAYS_MAX = 4_096;

interface Measured {
  readonly depth: number;
  readonly nodes: number;
  readonly ways: number;
  readonly outside: readonly string[];
}

const schemaReferences: DynamicCheck = {
  check: {
    id: 'schema-references',
    title: 'Schemas refer to nothing elsewhere',
    severity: 'medium',
    points: 8,
    catalogue: ['cosai:T3', 'cosai:T4', 'cwe:918', 'mcp:2026-07-28'],
    remedy: 'Put what a schema needs under its own `$defs`; clients must not fetch the rest.',
    example: "{ $defs: { Id: { type: 'string' } }, properties: { id: { $ref: '#/$defs/Id' } } }",
  },
  judge: eachTool((tool) =>
    schemasOf(tool).flatMap(([member, schema]) =>
      measure(schema).outside.map((target) =>
        found(`A schema refers to ${target}`, tool.name, member, `"$ref": "${target}"`),
      ),
    ),
  ),
};

const schemaSize: DynamicCheck = {
  check: {
    id: 'schema-size',
    title: 'Schemas can be checked in little time',
    severity: 'medium',
    points: 6,
    catalogue: ['cosai:T10', 'cwe:400', 'mcp:2026-07-28'],
    remedy: 'Keep schemas shallow, and combine few alternatives.',
    example: "z.object({ kind: z.enum(['a', 'b']), value: z.string().max(100) })",
  },
  judge: eachTool((tool) =>
    schemasOf(tool).flatMap(([member, schema]) => {
      const { depth, nodes, ways } = measure(schema);
      const what = [
        depth > DEPTH_MAX ? `is more than ${DEPTH_MAX} levels deep` : '',
        nodes > NODES_MAX ? `has more than ${NODES_MAX} parts` : '',
        ways > WAYS_MAX ? `can be met in more than ${WAYS_MAX} ways` : '',
      ].filter((part) => part !== '');
      if (what.length === 0) return [];
      const evidence = JSON.stringify(schema).slice(0, 300);
      return [found(`A schema ${what.join(' and ')}`, tool.name, member, evidence)];
    }),
  ),
};

const schemasOf = (tool: {
  readonly inputSchema?: unknown;
  readonly outputSchema?: unknown;
}): readonly (readonly [member: string, schema: unknown])[] =>
  (['inputSchema', 'outputSchema'] as const)
    .filter((member) => tool[member] !== undefined)
    .map((member) => [member, tool[member]] as const);

const found = (what: string, tool: string, member: string, evidence: string): Finding => ({
  what,
  where: `tool ${tool} ${member}`,
  evidence,
  reproduce: `Ask for tools/list and read the ${member} of ${tool}`,
});

/** Without recursion, since the depth of a schema is the server's choice. */
function measure(root: unknown): Measured {
  const outside = new Set<string>();
  let depth = 0;
  let nodes = 0;
  let ways = 1;
  const open: { readonly value: unknown; readonly at: number }[] = [{ value: root, at: 0 }];
  for (let one = open.pop(); one !== undefined && nodes <= NODES_MAX; one = open.pop()) {
    const { value, at } = one;
    if (typeof value !== 'object' || value === null) continue;
    nodes += 1;
    depth = Math.max(depth, at);
    if (isObject(value)) ways *= waysOf(value);
    const target = targetOf(value);
    if (target !== undefined) outside.add(target);
    for (const inside of Object.values(value)) open.push({ value: inside, at: at + 1 });
  }
  return { depth, nodes, ways, outside: [...outside] };
}

const waysOf = ({ anyOf, oneOf }: JsonObject): number =>
  [anyOf, oneOf].reduce<number>(
    (ways, list) => (Array.isArray(list) && list.length > 1 ? ways * list.length : ways),
    1,
  );

/** Of a reference that leads out of the schema. */
function targetOf(value: object): string | undefined {
  const { $ref, $dynamicRef } = value as JsonObject;
  const target = $ref ?? $dynamicRef;
  return typeof target === 'string' && !target.startsWith('#') ? target : undefined;
}

export const SCHEMA_CHECKS: readonly DynamicCheck[] = [schemaReferences, schemaSize];

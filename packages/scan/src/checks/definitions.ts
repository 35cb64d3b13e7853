import { createHash } from 'node:crypto';
import { canonicalize, sipKey, type ToolDefinitionFacts } from '@spoor/core';
import { examineTool, POISON_SIGNS, type ToolDefinition } from '@spoor/detect';
import type { Evidence } from '../evidence.ts';
import type { Finding } from '../finding.ts';
import { type DynamicCheck, oncePerPlace } from './check.ts';

const NO_LIST = 'the server gave no list of tools';

const toolsOf = ({ runs }: Evidence): readonly ToolDefinition[] => {
  const byText = new Map<string, ToolDefinition>();
  for (const { tools } of runs) for (const tool of tools) byText.set(JSON.stringify(tool), tool);
  return [...byText.values()];
};

/** Digests here compare definitions with one another; they are no secrets. */
const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

const factsOf = (tool: ToolDefinition): ToolDefinitionFacts =>
  examineTool(tool, { key: sipKey(new Uint8Array(16)), digest: digestOf, role: 'result' });

const list = 'Ask for tools/list and read the definition of';

export const eachTool =
  (judge: (tool: ToolDefinition, facts: ToolDefinitionFacts) => readonly Finding[]) =>
  (evidence: Evidence): readonly Finding[] | string => {
    const tools = toolsOf(evidence);
    if (tools.length === 0) return NO_LIST;
    return oncePerPlace(tools.flatMap((tool) => judge(tool, factsOf(tool))));
  };

const toolPoisoning: DynamicCheck = {
  check: {
    id: 'tool-poisoning',
    title: 'Definitions give no orders to the model',
    severity: 'critical',
    points: 20,
    catalogue: ['owasp-mcp:MCP03', 'cosai:T4', 'cosai:T6', 'atlas:AML.T0051'],
    remedy: 'Say what a tool does and what it takes; leave to the model what it does with that.',
    example: "description: 'Adds two numbers and returns the sum.'",
  },
  judge: eachTool((tool, { poison }) =>
    poison === undefined
      ? []
      : [
          {
            what: `The definition ${poison.map(saysOf).join(', ')}`,
            where: `tool ${tool.name}`,
            evidence: tool.description ?? JSON.stringify(tool.inputSchema),
            reproduce: `${list} ${tool.name}`,
          },
        ],
  ),
};

const saysOf = (id: string): string => POISON_SIGNS.find((sign) => sign.id === id)?.says ?? id;

const hiddenText: DynamicCheck = {
  check: {
    id: 'hidden-text',
    title: 'Definitions have no text that people do not see',
    severity: 'high',
    points: 14,
    catalogue: ['owasp-mcp:MCP03', 'cosai:T4', 'cwe:1007'],
    remedy: 'Remove invisible and reordering characters from names, descriptions and schemas.',
    example: "description.replace(/\\p{Default_Ignorable_Code_Point}/gu, '')",
  },
  judge: eachTool((tool, facts) =>
    facts.hiddenText
      ? [
          {
            what: 'The definition has characters that are not shown',
            where: `tool ${tool.name}`,
            evidence: escaped(JSON.stringify(tool)),
            reproduce: `${list} ${tool.name}, escaped`,
          },
        ]
      : [],
  ),
};

const escaped = (text: string): string =>
  text.replace(/[^\x20-\x7e]/gu, (one) => `\\u{${one.codePointAt(0)?.toString(16)}}`);

const shadowing: DynamicCheck = {
  check: {
    id: 'tool-shadowing',
    title: 'Names of tools cannot be taken for one another',
    severity: 'medium',
    points: 8,
    catalogue: ['owasp-mcp:MCP03', 'cosai:T6'],
    remedy: 'Give each tool one name that looks like no other, in ASCII.',
    example: "server.registerTool('invoices_send', …);",
  },
  judge: (evidence) => {
    const tools = evidence.runs[0]?.tools ?? [];
    if (tools.length === 0) return NO_LIST;
    const bySkeleton = new Map<string, string[]>();
    for (const tool of tools) {
      const { skeleton = '' } = factsOf(tool);
      bySkeleton.set(skeleton, [...(bySkeleton.get(skeleton) ?? []), tool.name]);
    }
    return [...bySkeleton.values()]
      .filter((names) => names.length > 1)
      .map((names) => ({
        what: `Names of tools look alike: ${names.map(escaped).join(', ')}`,
        where: 'tools/list',
        evidence: escaped(JSON.stringify(names)),
        reproduce: 'Ask for tools/list and compare the names',
      }));
  },
};

const annotations: DynamicCheck = {
  check: {
    id: 'annotations',
    title: 'Annotations do not play down what a tool does',
    severity: 'low',
    points: 4,
    catalogue: ['owasp-mcp:MCP02', 'cosai:T2', 'cosai:T9'],
    remedy: 'Claim readOnlyHint only of tools that change nothing and send nothing anywhere.',
    example: 'annotations: { readOnlyHint: false, destructiveHint: true }',
  },
  judge: eachTool((tool, { hints, labels }) => {
    const acts = labels.filter((label) => ACTING.has(label));
    const isDenied = hints?.destructive === false && labels.includes('destructive');
    if (acts.length === 0 || !(hints?.readOnly === true || isDenied)) return [];
    const claim = hints?.readOnly === true ? 'readOnlyHint: true' : 'destructiveHint: false';
    return [
      {
        what: `The tool says ${claim}, and its words say ${acts.join(', ')}`,
        where: `tool ${tool.name}`,
        evidence: `${tool.description ?? ''} ${JSON.stringify(tool.annotations)}`,
        reproduce: `${list} ${tool.name}`,
      },
    ];
  }),
};

const ACTING: ReadonlySet<string> = new Set([
  'destructive',
  'executes-code',
  'financial',
  'egress',
]);

const lockDrift: DynamicCheck = {
  check: {
    id: 'definition-drift',
    title: 'Definitions are those that were locked',
    severity: 'high',
    points: 10,
    catalogue: ['owasp-mcp:MCP03', 'cosai:T6', 'cosai:T11'],
    remedy: 'Read what has changed; then write the lock file anew with --write-lock.',
    example: 'spoor scan --lock mcp.lock.json -- node server.js',
  },
  judge: (evidence) => {
    const { lock, runs } = evidence;
    if (lock === undefined) return 'no lock file was given (--lock)';
    const tools = runs[0]?.tools ?? [];
    const now = definitionDigests(tools);
    const names = [...new Set([...lock.keys(), ...now.keys()])].sort();
    return names.flatMap((name) => {
      const [before, after] = [lock.get(name), now.get(name)];
      if (before === after) return [];
      const what = before === undefined ? 'new' : after === undefined ? 'gone' : 'changed';
      const tool = tools.find((one) => one.name === name);
      return [
        {
          what: `The definition is ${what}`,
          where: `tool ${name}`,
          evidence: tool === undefined ? 'not in tools/list' : JSON.stringify(tool),
          reproduce: `${list} ${name}; compare it with the lock file`,
        },
      ];
    });
  },
};

/** What a lock file holds: names of tools and digests of their definitions. */
export const definitionDigests = (tools: readonly ToolDefinition[]): ReadonlyMap<string, string> =>
  new Map(tools.map((tool) => [tool.name, digestOf(canonicalText(tool))]));

function canonicalText(tool: ToolDefinition): string {
  const { name, title, description, inputSchema, outputSchema, annotations: hints } = tool;
  const parts = { name, title, description, inputSchema, outputSchema, annotations: hints };
  const known = Object.entries(parts).filter(([, value]) => value !== undefined);
  try {
    return canonicalize(Object.fromEntries(known));
  } catch {
    return JSON.stringify(known);
  }
}

const unstable: DynamicCheck = {
  check: {
    id: 'definitions-unstable',
    title: 'Definitions stay the same while the server runs',
    severity: 'high',
    points: 10,
    catalogue: ['owasp-mcp:MCP03', 'cosai:T6'],
    remedy: 'Give the same list to everybody at any time; announce changes with a new version.',
    example: '// Register all tools before connect(), and none afterwards.',
  },
  judge: ({ runs }) => {
    const pairs = runs.filter(
      ({ toolsAgain, tools }) => toolsAgain !== undefined && tools.length > 0,
    );
    if (pairs.length === 0) return NO_LIST;
    return oncePerPlace(
      pairs.flatMap(({ tools, toolsAgain = [] }) => {
        const [before, after] = [definitionDigests(tools), definitionDigests(toolsAgain)];
        const names = [...new Set([...before.keys(), ...after.keys()])];
        return names
          .filter((name) => before.get(name) !== after.get(name))
          .map((name) => ({
            what: 'The definition was another one after some calls',
            where: `tool ${name}`,
            evidence: JSON.stringify(toolsAgain.find((tool) => tool.name === name) ?? 'gone'),
            reproduce: `Ask for tools/list, call tools, ask again, and compare ${name}`,
          }));
      }),
    );
  },
};

export const DEFINITION_CHECKS: readonly DynamicCheck[] = [
  toolPoisoning,
  hiddenText,
  shadowing,
  lockDrift,
  unstable,
  annotations,
];

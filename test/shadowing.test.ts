import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { ToolDefinitionFacts } from '@spoor/core';
import { createLabeler, examineTool } from '@spoor/detect';
import { expect } from 'vitest';
import { Definitions } from '../packages/hub/src/decide/definitions.ts';
import { ROOT } from './repository.ts';
import { verifies } from './verifies.ts';

/** Recordings that others made lie beside the project, where there are any. */
const FILE = join(ROOT, '..', 'shared', 'benchmark', 'tools_public.jsonl.gz');

interface Recorded {
  readonly dataset: string;
  readonly server: string;
  readonly tool: string;
  readonly description: string | null;
  readonly inputSchema: unknown;
  readonly label: string;
  readonly attack_type: string;
}

const digest = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, 32);

const factsOf = ({ tool, description, inputSchema }: Recorded): ToolDefinitionFacts =>
  examineTool(
    { name: tool, inputSchema, ...(description === null ? {} : { description }) },
    { key: [0, 0, 0, 0], digest, role: 'result' },
  );

const listed = (
  definitions: Definitions,
  server: string,
  tools: readonly Recorded[],
): readonly ToolDefinitionFacts[] =>
  definitions.list(server, { tools: tools.map(factsOf), partial: false }, 1).facts.tools;

verifies(
  'definitions:shadowing-measured',
  ({ skip }) => {
    if (!existsSync(FILE)) skip(`no recordings at ${FILE}`);
    const lines = gunzipSync(readFileSync(FILE)).toString().trimEnd().split('\n');
    const rows = lines.map((line) => JSON.parse(line) as Recorded);
    const benign = rows.filter(({ label }) => label === 'benign');
    // The worst of worlds: one hub that has all these servers at once.
    const definitions = new Definitions(createLabeler([]), []);
    const servers = [...Map.groupBy(benign, ({ dataset, server }) => `${dataset}/${server}`)];
    for (const [server, tools] of servers) listed(definitions, server, tools);
    const shadowing = servers
      .flatMap(([server, tools]) => listed(definitions, server, tools))
      .filter(({ shadows }) => shadows !== undefined);
    expect(shadowing.length / benign.length).toBeLessThanOrEqual(0.003);

    const attacks = rows.filter((row) => row.attack_type.includes('shadowing'));
    const seen = attacks.filter((row, i) => {
      const [first = ''] = /\w+_\w+/.exec(row.description ?? '') ?? [];
      listed(definitions, `victim-${i}`, [{ ...row, tool: first, description: 'Does it.' }]);
      return listed(definitions, `attack-${i}`, [row])[0]?.shadows !== undefined;
    });
    expect(attacks.length).toBeGreaterThan(3);
    expect(seen).toHaveLength(attacks.length);
  },
  { timeoutMs: 60_000 },
);

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { canonicalize } from '@spoor/core';

/** A tool as a recording has it. */
export interface RecordedTool {
  readonly id: string;
  readonly dataset: string;
  readonly server: string;
  readonly tool: string;
  readonly description?: string;
  readonly inputSchema?: unknown;
}

interface Row {
  readonly dataset: string;
  readonly server: string;
  readonly tool: string;
  readonly description: string | null;
  readonly inputSchema: unknown;
  readonly label?: string;
}

const SEED = 'labelled tools, first sample';
const SAMPLE_SIZE = 280;
/** Of 256 servers so many are measured; the others are for developing. */
const MEASURED_OF_256 = 96;

export interface Drawn {
  /** In a random order that the seed decides; labelled by hand, and only measured. */
  readonly sample: readonly RecordedTool[];
  /** Tools of other servers, by which the classifier may be improved. */
  readonly development: readonly RecordedTool[];
}

/**
 * Whole servers are set apart, by a hash of their names, so that no tool by which the classifier is
 * improved has a sibling among those that measure it; a definition that stands on both sides is
 * left out. Of each dataset the sample has a share that grows with the root of its size, so that
 * the largest does not drown the others.
 */
export function draw(files: readonly string[]): Drawn {
  const rows = files.flatMap(readRows);
  const development = new Map<string, RecordedTool>();
  const measured = new Map<string, RecordedTool>();
  for (const row of rows) {
    const tool = toolOf(row);
    const side = isMeasured(tool) ? measured : development;
    if (!side.has(tool.id)) side.set(tool.id, tool);
  }
  for (const id of development.keys()) measured.delete(id);
  return { sample: stratified([...measured.values()]), development: [...development.values()] };
}

function readRows(path: string): readonly Row[] {
  const lines = gunzipSync(readFileSync(path)).toString().trimEnd().split('\n');
  const rows = lines.map((line) => JSON.parse(line) as Row);
  return rows.filter(({ label }) => label === undefined || label === 'benign');
}

function toolOf({ dataset, server, tool, description, inputSchema }: Row): RecordedTool {
  const id = sha256(canonicalize([tool, description ?? '', inputSchema ?? null])).slice(0, 16);
  return {
    id,
    dataset,
    server,
    tool,
    ...(description ? { description } : {}),
    ...(inputSchema ? { inputSchema } : {}),
  };
}

const isMeasured = ({ dataset, server }: RecordedTool): boolean =>
  Number.parseInt(sha256(`${SEED}\n${dataset}\n${server}`).slice(0, 2), 16) < MEASURED_OF_256;

function stratified(frame: readonly RecordedTool[]): readonly RecordedTool[] {
  const strata = Map.groupBy(frame, ({ dataset }) => dataset);
  const roots = [...strata.values()].reduce((sum, { length }) => sum + Math.sqrt(length), 0);
  const chosen = [...strata.values()].flatMap((stratum) => {
    const share = Math.round((SAMPLE_SIZE * Math.sqrt(stratum.length)) / roots);
    return inSeedOrder(stratum).slice(0, share);
  });
  return inSeedOrder(chosen);
}

const inSeedOrder = (tools: readonly RecordedTool[]): RecordedTool[] =>
  tools.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1));

const rank = ({ id }: RecordedTool): string => sha256(`${SEED}\n${id}`);

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

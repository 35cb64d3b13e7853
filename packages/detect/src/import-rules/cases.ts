import { isObject, type Observation, OUTCOMES, type SipKey, sipHash } from '@spoor/core';
import { examine } from '../examine/examine.ts';
import type { RuleFile, RuleTest } from '../rules/types.ts';

type Json = Readonly<Record<string, unknown>>;

/** What one example holds: its texts by where they stand. */
interface Example {
  readonly kind: 'intent' | 'tool.call' | 'tool.list';
  readonly tool?: string;
  readonly request?: unknown;
  readonly result?: unknown;
  readonly definition?: unknown;
}

/** Examples of a rule as traces: each in a session of its own, with the content for its tests. */
export function casesOf(
  name: string,
  cases: Json,
  rule: Json,
): { readonly tests: readonly RuleTest[]; readonly traces: readonly RuleFile[] } {
  const kinds = [
    ['matches', cases.true_positives, true],
    ['is-silent', cases.true_negatives, false],
  ] as const;
  const tests: RuleTest[] = [];
  const traces: RuleFile[] = [];
  for (const [what, list, fires] of kinds) {
    const examples = (Array.isArray(list) ? list : []).flatMap((one) => exampleOf(one, rule));
    if (examples.length === 0) continue;
    const trace = `${name}.${what}.jsonl`;
    const lines = examples.map((one, at) => `${JSON.stringify(lineOf(one, at + 1))}\n`);
    traces.push({ path: trace, text: lines.join('') });
    tests.push({ name: what, trace, fires: fires ? examples.map((_, at) => at + 1) : [] });
  }
  return { tests, traces };
}

function exampleOf(one: unknown, rule: Json): readonly Example[] {
  if (!isObject(one)) return [];
  const { tool_args, tool_response, tool_description, tool_name, user_input, input, content } = one;
  const tool = typeof tool_name === 'string' ? { tool: tool_name } : {};
  if (tool_description !== undefined) return [{ kind: 'tool.list', definition: tool_description }];
  if (tool_response !== undefined) return [{ kind: 'tool.call', ...tool, result: tool_response }];
  if (tool_args !== undefined) return [{ kind: 'tool.call', ...tool, request: tool_args }];
  if (user_input !== undefined) return [{ kind: 'intent', request: user_input }];
  const text = input ?? content;
  return typeof text === 'string' ? [exampleAt(mainField(rule), text)] : [];
}

/** Where the text of an example stands is where its rule looks. */
function exampleAt(field: string, text: string): Example {
  if (field === 'user_input') return { kind: 'intent', request: text };
  if (field === 'tool_response') return { kind: 'tool.call', result: text };
  if (field === 'tool_description') return { kind: 'tool.list', definition: text };
  return field === 'tool_name'
    ? { kind: 'tool.call', tool: text, request: {} }
    : { kind: 'tool.call', request: text };
}

function mainField({ detection }: Json): string {
  const conditions =
    isObject(detection) && Array.isArray(detection.conditions) ? detection.conditions : [];
  const fields = conditions.map((one) => (isObject(one) ? String(one.field) : ''));
  const counts = Map.groupBy(fields, (field) => field);
  return [...counts].sort(([, a], [, b]) => b.length - a.length)[0]?.[0] ?? '';
}

const KEY: SipKey = [0, 0, 0, 0];
const digest = (text: string): string => sipHash(KEY, text);
/** Any time: these traces have no order in time. */
const START_MS = 1_700_000_000_000;

function lineOf({ kind, tool, request, result, definition }: Example, seq: number): object {
  const facts = (content: unknown, role: 'arguments' | 'result' | 'intent'): object =>
    examine(content, new TextEncoder().encode(JSON.stringify(content)).length, {
      key: KEY,
      digest,
      role,
    });
  const [ok] = OUTCOMES.filter(
    (one) => one === (kind === 'tool.call' && result === undefined ? 'pending' : 'ok'),
  );
  const observation = {
    id: `example-${seq}`,
    seq,
    kind,
    time: { startMs: START_MS + seq, hubMs: START_MS + seq },
    server: { name: 'example', transport: 'stdio' },
    ...(kind === 'tool.call' ? { tool: { name: tool ?? 'example', labels: [] } } : {}),
    method: '',
    era: 'modern',
    principal: { level: 'unverified', pseudonym: 'p', agent: 'example', evidence: [] },
    session: { id: `s-${seq}`, episode: 1 },
    trace: {
      trace: `${'0'.repeat(31)}1`,
      span: `${'0'.repeat(15)}1`,
      sampled: { keep: false, reason: 'base' },
    },
    cause: { kind: 'unknown', evidence: 'none' },
    facts: {
      ...(request === undefined
        ? {}
        : { request: facts(request, kind === 'intent' ? 'intent' : 'arguments') }),
      ...(result === undefined ? {} : { result: facts(result, 'result') }),
      ...(definition === undefined ? {} : { definitions: { tools: [], partial: false } }),
      flows: [],
    },
    outcome: ok,
    covered: true,
  } as unknown as Observation;
  return { ...observation, content: { request, result, definition } };
}

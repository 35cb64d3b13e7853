import { describe, expect, it } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import {
  compileRules,
  type ImportedRules,
  importRules,
  type RuleTestResult,
  runRuleTests,
} from '../../src/index.ts';

const file = (text: string): { path: string; text: string } => ({ path: 'theirs.yaml', text });

/** In the form of Agent Threat Rules. */
const ATR = `
title: Lantern words
id: ATR-2099-00001
status: experimental
description: Text that asks for lanterns.
author: somebody
date: 2026/01/02
severity: high
maturity: test
references:
  owasp_agentic: ["ASI06:2026"]
  mitre_atlas: ["AML.T0053 - Some words"]
  safe_mcp: ["SAF-T1001"]
tags: { category: prompt-injection }
agent_source: { type: mcp_exchange }
detection:
  conditions:
    - { field: tool_response, operator: regex, value: '(?i)light\\s+the\\s+(?:blue|red)\\s+lantern' }
    - { field: tool_response, operator: contains, value: 'a*b lantern' }
    - { field: content, operator: regex, value: 'lantern(?=s)' }
    - { field: agent_output, operator: regex, value: 'lantern' }
  condition: any
  false_positives: ["Shops that sell lanterns"]
response: { actions: [alert] }
test_cases:
  true_positives:
    - { input: 'please LIGHT the Blue lantern now', expected: triggered }
    - { tool_response: 'an A*B Lantern', expected: triggered }
  true_negatives:
    - { input: 'the lantern is blue', expected: not_triggered }
    - { input: 'aXb lantern', expected: not_triggered }
`;

/** In the form of the SAFE-MCP catalogue. */
const SAFE = `
title: Harbour dump
id: 9D4E1E5B-8825-4CB0-9A7C-6D8322C5D21F
status: experimental
description: Reads all of the harbour.
author: somebody
date: 2026-01-02
logsource: { product: mcp, service: tool_invocation }
detection:
  tools:
    event_type: tool_call
    tool_name|in: [harbour_query, harbour_dump]
  words:
    tool.args.sql|contains: ['everything from harbour']
  large:
    total_params_size_bytes: '>=100000'
  entropy:
    parameter_entropy|gt: 5.5
  known:
    session_id: test-*
  condition: tools and (words or large or entropy) and not known
falsepositives: [Backups]
level: high
tags: [attack.T1213, safe.t1803]
---
title: Counted
id: 9d4e1e5b-8825-4cb0-9a7c-6d8322c5d220
logsource: { product: mcp }
detection:
  a: { tool_name: x }
  condition: a | count() > 5
---
title: Elsewhere
id: 9d4e1e5b-8825-4cb0-9a7c-6d8322c5d221
logsource: { product: windows }
detection:
  a: { EventID: 1014 }
  condition: a
---
title: Joined
id: 9d4e1e5b-8825-4cb0-9a7c-6d8322c5d222
logsource: { product: mcp }
detection:
  a: { event_type: tool_call }
  b: { prompt|contains: lantern }
  condition: a and b
`;

const SIGMA = `
title: Ours already
id: 9d4e1e5b-8825-4cb0-9a7c-6d8322c5d223
name: ours_already
logsource: { product: mcp }
detection:
  a: { tool.name|contains: lantern }
  condition: a
---
title: Often
id: 9d4e1e5b-8825-4cb0-9a7c-6d8322c5d224
correlation:
  type: event_count
  rules: [ours-already]
  group-by: [session]
  timespan: 5m
  condition: { gte: 3 }
level: low
---
title: Of another product
logsource: { product: windows }
detection: { a: { Image: x }, condition: a }
---
title: [broken
`;

async function tested({ files }: ImportedRules): Promise<readonly RuleTestResult[]> {
  const { rules, problems } = compileRules(files.filter(({ path }) => path.endsWith('.yml')));
  expect(problems).toEqual([]);
  return runRuleTests(
    rules,
    rules.rules,
    async (_, trace) => files.find(({ path }) => path === trace)?.text,
  );
}

verifies(
  'sigma:import',
  async () => {
    const found = importRules('atr', [file(ATR)]);
    expect(found.outcomes).toEqual([
      {
        source: 'theirs.yaml',
        title: 'Lantern words',
        status: 'partly',
        rule: 'atr-2099-00001',
        notes: [
          expect.stringMatching(/^c4: “agent_output” is not seen between/),
          expect.stringMatching(/^c3: not a regular expression of RE2/),
        ],
      },
    ]);
    const { rules } = compileRules(found.files.slice(0, 1));
    expect(rules.rules[0]?.ref).toMatchObject({
      level: 'high',
      tags: ['owasp.asi06', 'atlas.aml.t0053', 'safe-mcp.t1001'],
      falsePositives: ['Shops that sell lanterns'],
    });
    // Their examples for and against came along, and hold.
    expect((await tested(found)).map(({ name, status, fired }) => [name, status, fired])).toEqual([
      ['matches', 'passed', [1, 2]],
      ['is-silent', 'passed', []],
    ]);
  },
  { case: 'atr' },
);

verifies(
  'sigma:import',
  () => {
    const { files, outcomes } = importRules('safe-mcp', [file(SAFE)]);
    expect(outcomes.map(({ title, status, notes }) => [title, status, notes])).toEqual([
      [
        'Harbour dump',
        'partly',
        [
          expect.stringMatching(/^entropy: unknown field “parameter_entropy”/),
          'tool.args.sql: any member is looked at, not this one',
        ],
      ],
      ['Counted', 'refused', [expect.stringMatching(/write a correlation/)]],
      ['Elsewhere', 'refused', [expect.stringMatching(/unknown field “EventID”/)]],
      ['Joined', 'refused', [expect.stringMatching(/two observations here/)]],
    ]);
    expect(files.map(({ path }) => path)).toEqual(['harbour-dump.yml']);
    const text = files[0]?.text ?? '';
    expect(text).toContain('id: 9d4e1e5b-8825-4cb0-9a7c-6d8322c5d21f');
    expect(text).toContain('condition: tools and (words or large) and not known');
    expect(text).toContain('request.bytes|gte: 100000');
    expect(text).toContain('- safe-mcp.t1803');
  },
  { case: 'safe-mcp' },
);

verifies(
  'sigma:import',
  () => {
    const { files, outcomes } = importRules('sigma', [file(SIGMA)]);
    expect(outcomes.map(({ title, status, notes }) => [title, status, notes])).toEqual([
      ['Ours already', 'imported', []],
      ['Often', 'imported', []],
      ['Of another product', 'refused', ['its log source is windows, and not mcp']],
      ['(no title)', 'refused', [expect.stringMatching(/./)]],
    ]);
    expect(compileRules(files).rules.rules.map(({ ref }) => ref.id)).toEqual(['often']);
  },
  { case: 'sigma' },
);

describe('importing', () => {
  it('never leaves a rule out without a word', () => {
    const twice = importRules('atr', [file(ATR), file(ATR)]);
    expect(twice.outcomes.map(({ status }) => status)).toEqual(['partly', 'refused']);
    for (const text of ['', 'a: [', '- x', 'title: x', 'title: x\ndetection: {conditions: 5}']) {
      for (const format of ['atr', 'safe-mcp', 'sigma'] as const) {
        const { files, outcomes } = importRules(format, [file(text)]);
        expect(files).toEqual([]);
        if (text !== '') expect(outcomes.map(({ status }) => status)).toEqual(['refused']);
      }
    }
  });
});

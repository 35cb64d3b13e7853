import { describe, expect, it } from 'vitest';
import { compileRules, renderRuleDocs, renderSchemaDocs } from '../../src/index.ts';
import { pack } from '../support/pack.ts';
import { detectorOf, Scenario, stepAll } from '../support/scenario.ts';
import { TOOLS } from '../support/tools.ts';

const head = (n: number): string =>
  `title: t\nid: 00000000-0000-4000-8000-00000000000${n}\nname: r${n}\ndescription: d\nlevel: low\n`;
const detection = (n: number, body: string): string =>
  `${head(n)}logsource: {product: mcp}\ndetection: ${body}\n`;
const compile = (...documents: readonly string[]): ReturnType<typeof compileRules> =>
  compileRules([{ path: 'x.yml', text: documents.join('---\n') }]);

describe('detections', () => {
  const matches = (body: string): boolean => {
    const { rules, problems } = compile(detection(1, body));
    expect(problems).toEqual([]);
    const [pending] = new Scenario().call('drive', TOOLS.share, {
      name: 'a',
      content: 'b',
    }).observations;
    return stepAll(detectorOf(rules), pending ? [pending] : []).some(
      (step) => step.detections.length > 0,
    );
  };

  it.each([
    ['{s: {tool.name: CREATE_SHAREABLE_LINK}, condition: s}', true],
    ['{s: {tool.name|cased: CREATE_SHAREABLE_LINK}, condition: s}', false],
    ['{s: {tool.name: create_*_link}, condition: s}', true],
    ['{s: {tool.name: create_?_link}, condition: s}', false],
    ['{s: {tool.name|contains|all: [share, link]}, condition: s}', true],
    ['{s: {tool.name|contains|all: [share, file]}, condition: s}', false],
    ['{s: {tool.name|startswith: create, tool.name|endswith: link}, condition: s}', true],
    ['{s: {tool.name|re: "^create_[a-z]+_link$"}, condition: s}', true],
    ['{s: {error.type|exists: false}, condition: s}', true],
    ['{s: {error.type: null}, condition: s}', true],
    ['{s: {request.bytes|gt: 5, request.bytes|lt: 500}, condition: s}', true],
    ['{s: {request.keys|all: [name, content]}, condition: s}', true],
    ['{a: {kind: x}, b: {kind: tool.call}, condition: 1 of them}', true],
    ['{a: {kind: x}, b: {kind: tool.call}, condition: all of them}', false],
    [
      '{x-a: {kind: x}, x-b: {kind: tool.call}, c: {kind: y}, condition: any of x-* and not c}',
      true,
    ],
    ['{a: {kind: x}, b: {kind: tool.call}, condition: not a and (b or a)}', true],
    ['{s: [{kind: x}, {outcome: pending}], condition: s}', true],
    ['{s: {kind: x}, t: {outcome: pending}, condition: [s, t]}', true],
    ['{s: [no-such-word, SHAREABLE], condition: s}', true],
    ['{s: [no-such-word, "create*able"], condition: s}', true],
    ['{s: [no-such-word, {outcome: pending}], condition: s}', true],
    ["{s: {'|all': [shareable, tools/call]}, condition: s}", true],
    ["{s: {'|all': [shareable, tools/list]}, condition: s}", false],
    ["{s: {'|re': '^drive$'}, condition: s}", true],
    ['{_s: {kind: x}, t: {outcome: pending}, condition: all of *}', true],
    ['{_s: {kind: x}, t: {outcome: pending}, condition: 1 of _*}', false],
    ['{s: {tool.name|fieldref|contains: era}, condition: s}', false],
    ['{s: {server.name|fieldref|neq: tool.name}, condition: s}', true],
    ['{s: {error.type|fieldref: intent.cluster}, condition: s}', false],
  ])('%s is %s', (body, expected) => {
    expect(matches(body)).toBe(expected);
  });
});

describe('placeholders', () => {
  it('are given their values by a document of their own', () => {
    const { rules, problems } = compile(
      detection(1, '{s: {tool.name|expand: "%ours%_link"}, condition: s}'),
      'placeholders: {ours: [none, create_*]}\n',
    );
    expect(problems).toEqual([]);
    const observations = new Scenario().call('drive', TOOLS.share, {}).observations;
    const steps = stepAll(detectorOf(rules), observations);
    expect(steps.flatMap(({ detections }) => detections)).toHaveLength(1);
  });
});

describe('rules that others are made of', () => {
  const parts = (generate: string): readonly string[] => [
    detection(1, '{s: {kind: tool.call, outcome: ok}, condition: s}'),
    `${head(2)}correlation: {type: event_count, rules: [r1], group-by: [server.name], timespan: 1m, condition: {gte: 2}}\n`,
    `${head(3)}correlation: {type: value_count, rules: [r2], group-by: [session], timespan: 1m, condition: {gte: 2, field: server.name}${generate}}\n`,
  ];
  const fired = (generate: string): readonly string[] => {
    const { rules, problems } = compile(...parts(generate));
    expect(problems).toEqual([]);
    const scenario = new Scenario();
    for (const server of ['a', 'b', 'a', 'b']) scenario.call(server, TOOLS.echo, {});
    const steps = stepAll(detectorOf(rules), scenario.observations);
    return steps.flatMap(({ detections }) =>
      detections.map(({ rule, seq }) => `${rule.id} ${seq}`),
    );
  };

  it('are silent, or not where that is asked for', () => {
    expect(fired('')).toEqual(['r3 8']);
    expect(fired(', generate: true')).toEqual(['r2 6', 'r2 8', 'r3 8']);
  });
});

describe('aliases', () => {
  it('group different fields of different rules by one value', () => {
    const { rules, problems } = compile(
      detection(1, '{s: {tool.name: read_text_file}, condition: s}'),
      detection(2, '{s: {tool.name: echo}, condition: s}'),
      `${head(3)}correlation: {type: temporal, rules: [r1, r2], group-by: [who], timespan: 1m, aliases: {who: {r1: server.name, r2: tool.name}}}\n`,
    );
    expect(problems).toEqual([]);
    const run = (server: string): number =>
      stepAll(
        detectorOf(rules),
        new Scenario().call(server, TOOLS.readFile, {}).call('x', TOOLS.echo, {}).observations,
      ).flatMap(({ detections }) => detections).length;
    expect([run('echo'), run('files')]).toEqual([1, 0]);
  });
});

describe('generated pages', () => {
  it('name every field and every rule', () => {
    expect(renderSchemaDocs()).toContain('| `flow.classes` | strings |');
    for (const { ref } of pack.rules.rules)
      expect(renderRuleDocs(pack.rules)).toContain(`## ${ref.id}`);
  });
});

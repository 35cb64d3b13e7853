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

const GOOD = detection(1, '{s: {kind: tool.call}, condition: s}');

describe('problems of rule files', () => {
  it.each([
    ['yaml', 'title: [', /./],
    ['unknown-key', `${GOOD}levle: low\n`, /did you mean “level”/],
    [
      'unknown-field',
      detection(2, '{s: {tool.lables: x}, condition: s}'),
      /did you mean “tool.labels”/,
    ],
    ['unknown-modifier', detection(2, '{s: {tool.name|contain: x}, condition: s}'), /“contains”/],
    ['regex', detection(2, '{s: {tool.name|re: "(a"}, condition: s}'), /./],
    [
      'condition',
      detection(2, '{s: {kind: x}, condition: s and (t)}'),
      /no selection is called “t”/,
    ],
    ['condition', detection(2, '{s: {kind: x}, condition: s and}'), /ends too early/],
    ['bad-value', detection(2, '{s: [word], condition: s}'), /keywords/],
    ['missing', detection(2, '{s: {kind: x}}'), /“condition”/],
    [
      'unbounded',
      `${head(2)}correlation: {type: event_count, rules: [r1], group-by: [session], timespan: 9d, condition: {gte: 2}}\n`,
      /a day/,
    ],
    [
      'unknown-rule',
      `${head(2)}correlation: {type: temporal, rules: [r1, nope], group-by: [session], timespan: 1m}\n`,
      /nope/,
    ],
    [
      'missing',
      `${head(2)}correlation: {type: temporal, rules: [r1, r1], timespan: 1m}\n`,
      /group-by/,
    ],
  ])('%s: the place is named and the rest loads', (code, document, message) => {
    const good = { path: 'good.yml', text: detection(1, '{s: {kind: tool.call}, condition: s}') };
    const { rules, problems } = compileRules([good, { path: 'x.yml', text: document }]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ path: 'x.yml', code });
    expect(problems[0]?.message).toMatch(message);
    expect(Math.min(problems[0]?.line ?? 0, problems[0]?.column ?? 0)).toBeGreaterThan(0);
    const loaded = rules.predicates.map(({ name }) => name);
    expect(loaded).toEqual(['r1']);
  });
});

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
  ])('%s is %s', (body, expected) => {
    expect(matches(body)).toBe(expected);
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

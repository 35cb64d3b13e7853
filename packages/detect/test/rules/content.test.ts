import type { Observation } from '@spoor/core';
import { describe, expect, it } from 'vitest';
import { cpuMs } from '../../../../test/times.ts';
import { verifies } from '../../../../test/verifies.ts';
import {
  askedBy,
  compileRules,
  contentMatcher,
  notCovered,
  type RuleSet,
} from '../../src/index.ts';
import { detectorOf, Scenario, stepAll } from '../support/scenario.ts';
import { TOOLS } from '../support/tools.ts';

const rule = (n: number, detection: string): string =>
  `title: t\nid: 00000000-0000-4000-8000-00000000000${n}\nname: r${n}\ndescription: d\nlevel: low\nlogsource: {product: mcp}\ndetection: ${detection}\n`;

function compile(...detections: readonly string[]): RuleSet {
  const text = detections.map((one, at) => rule(at + 1, one)).join('---\n');
  const { rules, problems } = compileRules([{ path: 'x.yml', text }]);
  expect(problems).toEqual([]);
  return rules;
}

/** A call with answers to the content tests of the rules, as a sensor that asks them gives. */
function calls(args: unknown, asked: RuleSet | undefined): readonly Observation[] {
  const matcher = asked && contentMatcher(askedBy(asked.content));
  return new Scenario().call('drive', TOOLS.share, args).observations.map((observation) => {
    const { request } = observation.facts;
    const matched = matcher?.match('request', args);
    if (!request || !matched) return observation;
    return { ...observation, facts: { ...observation.facts, request: { ...request, matched } } };
  });
}

const fired = (rules: RuleSet, observations: readonly Observation[]): readonly string[] =>
  stepAll(detectorOf(rules), observations).flatMap(({ detections }) =>
    detections.map((one) => one.rule.id),
  );

const SECRET = { name: 'a', content: ['x', { y: 'the PASSWORD is in here' }] };

describe('content tests', () => {
  const rules = compile(
    '{s: {request.text|contains: password}, condition: s}',
    '{s: {request.text|re|i: "pass[a-z]+ is"}, condition: s}',
    '{s: {request.text|contains|all: [password, nothing]}, condition: s}',
    '{s: {kind: tool.call}, t: {request.text|contains: password}, condition: s and not t}',
    '{s: [password], condition: s}',
    '{s: {result.text|contains: password}, condition: s}',
  );

  it('are answered where the content is', () => {
    expect(fired(rules, calls(SECRET, rules))).toEqual(['r1', 'r2', 'r5']);
    expect(fired(rules, calls({ content: 'harmless' }, rules))).toEqual(['r4']);
  });

  verifies('sigma:not-covered', () => {
    const others = compile('{s: {request.text|contains: word}, condition: s}');
    for (const asked of [undefined, others]) {
      const observations = calls(SECRET, asked);
      expect(fired(rules, observations)).toEqual([]);
      const open = observations.map((one) => notCovered(rules, one));
      expect(open[0]).toEqual(['r1', 'r2', 'r3', 'r4', 'r5']);
    }
    expect(calls(SECRET, rules).flatMap((one) => notCovered(rules, one))).not.toContain('r1');
  });

  verifies(
    'content:bounded',
    () => {
      const matcher = contentMatcher(askedBy(rules.content));
      expect(matcher.match('request', ['x'.repeat(1_048_577)])).toBeUndefined();
      expect(matcher.match('request', ['x'.repeat(1_000_000), 'password'])?.ids).toHaveLength(1);
      expect(matcher.match('request', new Array(1_048_577).fill(''))).toBeUndefined();
    },
    { case: 'a long text' },
  );

  verifies(
    'content:bounded',
    () => {
      const many = Array.from({ length: 200 }, (_, n) => `"(a|b)+ needle${n % 7}.*c{${n}}d"`);
      const hostile = compile(`{s: {request.text|re: [${many.join(', ')}]}, condition: s}`);
      const matcher = contentMatcher(askedBy(hostile.content));
      const needles = Array.from({ length: 7 }, (_, n) => ` needle${n} d`).join('');
      const start = cpuMs();
      expect(matcher.match('request', 'ab'.repeat(400_000) + needles)).toBeUndefined();
      expect(cpuMs() - start).toBeLessThan(10_000);
      expect(matcher.match('request', `a${needles}`)).toBeDefined();
    },
    { case: 'expressions that all would run' },
  );

  it('are the same in words that need nothing else, and once for what is the same', () => {
    const twice = compile(
      '{s: {request.text|contains: word, result.text|contains: word}, condition: s}',
      '{s: {request.text|expand|contains: "%p%"}, condition: s}\n---\nplaceholders: {p: [a1, b2]}',
    );
    const asked = askedBy(twice.content);
    expect(asked?.asks).toHaveLength(2);
    expect(Object.keys(asked?.asks[0]?.ids ?? {})).toEqual(['request', 'result']);
    const sent = contentMatcher(JSON.parse(JSON.stringify(asked)));
    const here = contentMatcher(asked);
    for (const one of ['words', 'A1', 'none']) {
      expect(sent.match('request', one)).toEqual(here.match('request', one));
      expect(sent.match('request', one)?.ids).toHaveLength(one === 'none' ? 0 : 1);
    }
  });
});

verifies('content:linear', () => {
  const many = Array.from({ length: 300 }, (_, n) => {
    return `"(?:drop|send|hide) (?:all |the )*(?:rows|keys)${n} .{0,20}(?:now|here)"`;
  });
  const one = compile(`{s: {request.text|re: [${many.join(', ')}]}, condition: s}`);
  const matcher = contentMatcher(askedBy(one.content));
  const line = 'Please send all keys of the harbour, drop the rows9 of it here, and hide nothing. ';
  const timeOf = (chars: number): number => {
    const text = line.repeat(Math.ceil(chars / line.length)).slice(0, chars);
    const times = Array.from({ length: 7 }, () => {
      const start = cpuMs();
      expect(matcher.match('request', text)).toBeDefined();
      return cpuMs() - start;
    });
    return Math.min(...times);
  };
  timeOf(200_000);
  expect(timeOf(1_000_000) / timeOf(50_000)).toBeLessThan(8 * 20);
});

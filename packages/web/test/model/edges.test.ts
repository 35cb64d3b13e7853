import type { CallId } from '@spoor/core';
import { describe, expect, it } from 'vitest';
import { circled, linkPath, linksOf, pathLinks, pathSteps } from '../../src/model/edges.ts';
import { layOut } from '../../src/model/layout.ts';
import { alert, flow, observation, on } from '../fixtures.ts';

const read = observation('read', on('crm'));
const code = observation('code', {
  ...on('sandbox'),
  facts: { flows: [flow('read'), flow('read', { field: 'rows[].iban', coverage: 0.5 })] },
});
const nested = observation('nested', {
  ...on('crm'),
  cause: { kind: 'tool', parent: 'code' as CallId, evidence: 'containment' },
});
const layout = layOut([read, code, nested]);

describe('linksOf', () => {
  it('draws order, cause and flow, and one line for all values of a pair', () => {
    expect(linksOf(layout).map((link) => link.id)).toEqual([
      'control:code',
      'flow:read:code',
      'control:nested',
      'cause:nested',
    ]);
  });

  it('says what flowed and how much of it', () => {
    const link = linksOf(layout).find(({ kind }) => kind === 'flow');
    expect(link?.label).toBe('rows[].email → code, 97 % and 1 more');
    expect(link?.weight).toBe(0.97);
  });

  it('draws nothing from a step that is not there', () => {
    const lone = observation('lone', { facts: { flows: [flow('gone')] } });
    expect(linksOf(layOut([lone]))).toEqual([]);
  });
});

describe('the path of an alert', () => {
  const steps = pathSteps(alert('a', ['code', 'read', 'code']));

  it('numbers each call once, in the order of the evidence', () => {
    expect([...steps]).toEqual([
      ['code', 1],
      ['read', 2],
    ]);
    expect(pathSteps(undefined).size).toBe(0);
  });

  it('joins its steps in that order', () => {
    const [link] = pathLinks(layout, steps);
    expect([link?.from.observation.id, link?.to.observation.id]).toEqual(['code', 'read']);
  });

  it('writes numbers in circles as far as there are any', () => {
    expect([circled(1), circled(20), circled(21)]).toEqual(['①', '⑳', '21']);
  });
});

it('draws a straight line in a lane and a bend between lanes', () => {
  const [from, to, last] = layout.nodes;
  if (from === undefined || to === undefined || last === undefined) throw new Error('three nodes');
  expect(linkPath({ from, to: last }, true)).toMatch(/^M\d+ \d+H\d+$/);
  expect(linkPath({ from, to }, false)).toMatch(/^M\d+ \d+V\d+Q.*H\d+$/);
});

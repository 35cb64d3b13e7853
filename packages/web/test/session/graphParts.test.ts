import { expect, it } from 'vitest';
import { layOut, serverColor } from '../../src/model/layout.ts';
import { type GraphInput, graphParts, NODES_MAX, reuse } from '../../src/session/graphParts.ts';
import { alert, flow, observation, on } from '../fixtures.ts';

const rows = [
  observation('a', on('crm')),
  observation('b', on('drive')),
  observation('c', { ...on('drive'), facts: { flows: [flow('a')] } }),
];

const input = (more: Partial<GraphInput> = {}): GraphInput => ({
  rows,
  call: '',
  alert: undefined,
  order: {
    stepOf: (id) => rows.findIndex((row) => row.id === id) + 1,
    colorOf: () => serverColor(1),
    colorOfLane: () => serverColor(1),
  },
  ...more,
});

it('numbers the path of an alert and dims what is not on it', () => {
  const { nodes, edges } = graphParts(input({ alert: alert('x', ['a', 'c']) }));
  expect(nodes.map(({ data }) => [data.mark, data.dim])).toEqual([
    [1, false],
    [0, true],
    [2, false],
  ]);
  const lit = edges.filter(({ data }) => data?.dim === false).map(({ id }) => id);
  expect(lit).toEqual(['flow:a:c', 'path:c']);
});

it('names every step for those who do not see it', () => {
  const [first] = graphParts(input()).nodes;
  expect(first?.ariaLabel).toBe('Step 1: query on crm, OK');
});

it('draws again only what changed when a step is appended', () => {
  const before = graphParts(input());
  const after = reuse(before, graphParts(input({ rows: [...rows, observation('d', on('crm'))] })));
  expect(after.nodes.slice(0, 3).every((node, i) => node === before.nodes[i])).toBe(true);
  expect(after.nodes).toHaveLength(4);
});

it('draws a step again when it ends', () => {
  const before = graphParts(input());
  const ended = rows.with(1, observation('b', { ...on('drive'), outcome: 'denied' }));
  const after = reuse(before, graphParts(input({ rows: ended })));
  expect(after.nodes.map((node, i) => node === before.nodes[i])).toEqual([true, false, true]);
});

it('draws no more than it can, and keeps the places of what it draws', () => {
  const many = Array.from({ length: NODES_MAX + 20 }, (_, i) => observation(`n${i}`));
  const { nodes } = graphParts(input({ rows: many }));
  expect(nodes).toHaveLength(NODES_MAX);
  expect(nodes.at(-1)?.position.x).toBe(layOut(many).nodes.at(-1)?.x);
});

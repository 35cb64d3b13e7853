import { expect, it } from 'vitest';
import { alertFacets } from '../../src/model/facets.ts';
import { alertFields } from '../../src/model/fields.ts';
import { matches, parseFilter } from '../../src/model/filter.ts';
import { byUrgency } from '../../src/model/kinds.ts';
import { alert, rule } from '../fixtures.ts';

const alerts = [
  alert('a', ['1'], { rule: rule({ level: 'low' }), status: 'dismissed' }),
  alert('b', ['1'], { rule: rule({ level: 'critical' }), lastMs: 1 }),
  alert('c', ['1'], { rule: rule({ level: 'critical' }), lastMs: 2 }),
];

it('counts exactly what its filter finds', () => {
  for (const facet of alertFacets(alerts).flatMap((group) => group.facets)) {
    const found = alerts.filter((row) => matches(parseFilter(facet.term), alertFields(row)));
    expect(found, facet.term).toHaveLength(facet.count);
  }
});

it('names levels from the worst down', () => {
  const levels = alertFacets(alerts).find((group) => group.title === 'Level');
  expect(levels?.facets.map(({ word }) => word)).toEqual(['Critical', 'Low']);
});

it('puts open alerts first, then the worst, then the newest', () => {
  expect([...alerts].sort(byUrgency).map(({ id }) => id)).toEqual(['c', 'b', 'a']);
});

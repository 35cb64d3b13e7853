import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isLabel } from '@spoor/core';
import { expect, test } from 'vitest';
import { measuredPart, withMeasured } from './labelled/document.ts';
import { total } from './labelled/measure.ts';
import { labelsByHand, measureLabels, recordedTools } from './labelled/recorded.ts';
import { ROOT } from './repository.ts';
import { verifies } from './verifies.ts';

test('labels by hand are labels, of more than 200 tools', () => {
  const byHand = labelsByHand();
  expect(byHand.size).toBeGreaterThan(200);
  for (const labels of byHand.values()) expect([...labels].every(isLabel)).toBe(true);
});

verifies('labels:measured', ({ skip }) => {
  const drawn = recordedTools();
  if (drawn === undefined) return skip('no recordings of tools beside the project');
  const { sample, development } = drawn;
  expect(sample.map(({ id }) => id)).toEqual([...labelsByHand().keys()]);
  const servers = new Set(development.map(({ dataset, server }) => `${dataset}\n${server}`));
  expect(sample.some(({ dataset, server }) => servers.has(`${dataset}\n${server}`))).toBe(false);

  const rows = measureLabels(sample);
  const { has, right, wrong } = total(rows);
  expect(right / (right + wrong)).toBeGreaterThanOrEqual(0.75);
  expect(right / has).toBeGreaterThanOrEqual(0.6);
  const page = readFileSync(join(ROOT, 'docs', 'labels.md'), 'utf8');
  expect(withMeasured(page, measuredPart(rows, drawn)), 'node scripts/measure-labels.ts').toBe(
    page,
  );
});

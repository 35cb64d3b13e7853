import { expect, it } from 'vitest';
import { compileRules } from '../../src/index.ts';
import { detectorOf, Scenario, stepAll } from '../support/scenario.ts';
import { TOOLS } from '../support/tools.ts';

const RULES = `title: Denied again and again
id: 00000000-0000-4000-8000-000000000001
name: again
description: d
level: low
correlation:
  type: event_count
  rules: [denied]
  group-by: [session]
  timespan: 10m
  condition: {gte: 3}
---
title: Denied
id: 00000000-0000-4000-8000-000000000002
name: denied
logsource: {product: mcp}
detection:
  denied: {outcome: denied}
  condition: denied
`;

it('counts calls that were denied where a rule asks for them', () => {
  const { rules, problems } = compileRules([{ path: 'again.yml', text: RULES }]);
  expect(problems).toEqual([]);
  const scenario = new Scenario();
  for (const path of ['/a', '/b']) scenario.denied('files', TOOLS.erase, { path });
  scenario.call('files', TOOLS.erase, { path: '/c' });
  scenario.denied('files', TOOLS.erase, { path: '/d' });
  const steps = stepAll(detectorOf(rules), scenario.observations);
  expect(steps.flatMap(({ detections }) => detections.map(({ seq }) => seq))).toEqual([8]);
});

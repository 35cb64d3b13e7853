import type { CaseId, Observation, SessionId } from '@spoor/core';
import { createDetector } from '@spoor/detect';
import { expect } from 'vitest';
import { ENFORCE, Scenario, START_MS } from '../../packages/detect/test/support/scenario.ts';
import { rules } from '../../packages/detect/test/support/streams.ts';
import { verifies } from '../verifies.ts';

const KEYS = 10_000_000;
const GROUPS_MAX = 200_000;
const HOUR_MS = 3_600_000;

verifies(
  'state:bounded',
  () => {
    const set = rules('alert');
    const detector = createDetector({
      rules: { ...set, rules: set.rules.filter(({ ref }) => ref.id === 'ordered') },
      policy: ENFORCE,
      newCase: () => 'c-0000000000' as CaseId,
      limits: { ruleGroupsMax: GROUPS_MAX },
    });
    const [template] = new Scenario().add({ kind: 'tool.call' }).observations;
    if (!template) throw new Error('the template exists');
    const step = (n: number, tool: string, key: number): readonly string[] => {
      const atMs = START_MS + Math.floor(n / 1_000);
      const { detections } = detector.step({
        ...template,
        id: `call-${n}` as Observation['id'],
        seq: n,
        time: { startMs: atMs, hubMs: atMs },
        tool: { name: tool, labels: [] },
        session: { id: `s${key}` as SessionId, episode: 1 },
      });
      return detections.map(({ rule }) => rule.id);
    };
    const tenth = KEYS / 10;
    const times: number[] = [];
    for (let part = 0; part < 10; part++) {
      const start = performance.now();
      for (let n = part * tenth; n < (part + 1) * tenth; n++) step(n, 'a', n);
      times.push(performance.now() - start);
      expect(detector.stats().groups).toBe(GROUPS_MAX);
    }
    expect(detector.stats().groupsEvicted).toBe(KEYS - GROUPS_MAX);
    expect(step(KEYS, 'b', KEYS - 1)).toContain('ordered');
    // The last ones cost what the first ones did.
    expect(Math.max(...times.slice(5))).toBeLessThan(4 * Math.min(...times.slice(0, 5)));
  },
  { case: `${KEYS} keys`, timeoutMs: HOUR_MS },
);
